import { readFile, stat } from 'node:fs/promises';
import { stackCredentials } from 'one-machine/guard/credentials.ts';
import { region } from 'one-machine/region.ts';
import { functionsRole } from 'one-machine/services/postgres.ts';
import { commandLine } from 'one-machine/terminal/command-line.ts';
import * as z from 'zod';
import { openDatabase } from '../../lambdas/adapters/database.ts';
import { secretField } from '../../lambdas/adapters/secrets.ts';
import { behaviorMarkers } from '../../lambdas/recommender/behavior/markers-bucket.ts';
import type { BehaviorRow } from '../../lambdas/recommender/behavior/rows.ts';
import { filesQueue } from '../../lambdas/recommender/files/files-queue.ts';
import { scenarioId, tenantId } from '../../lambdas/recommender/identifiers.ts';
import { importInto } from '../../lambdas/recommender/importing/import-store.ts';
import { readItems, textOf } from '../../lambdas/recommender/importing/read-items.ts';
import { readRatings } from '../../lambdas/recommender/importing/read-ratings.ts';
import { vectorsQueue } from '../../lambdas/recommender/vectors/vectors-queue.ts';
import { appName } from '../app-name.ts';
import { settingsFromEnvironment } from '../settings.ts';
import { command, runningStack, variablesOf } from './running.ts';

const usage = `Usage: npm run recommender:import -- RATINGS.tsv [ITEMS] --tenant t --scenario s [--newest-at 2026-11-30T00:00:00Z] [--database postgresql://...]`;

const options = z.object({
  tenant: tenantId,
  scenario: scenarioId,
  'newest-at': z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional(),
  database: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
});

/** Where an import goes, and who is told of it. */
interface Target {
  readonly url: string;
  readonly erasureKey?: (() => Promise<string>) | undefined;
  readonly tell: (rows: readonly BehaviorRow[]) => Promise<void>;
}

/** `npm run recommender:import`: files as MovieLens has them into a scenario of the running stack, or of any database. */
await command(async () => {
  const { values, positionals } = commandLine(usage, {
    words: { least: 1, most: 2 },
    options: {
      tenant: { type: 'string' },
      scenario: { type: 'string' },
      'newest-at': { type: 'string' },
      database: { type: 'string' },
    },
  });
  const [ratingsFile = '', itemsFile] = positionals;
  const { data, error } = options.safeParse(values);
  if (error) throw new Error(`${reasonOf(error)}${usage}`);
  const scenario = { tenant_id: data.tenant, scenario_id: data.scenario };
  const now = new Date();
  const wanted = { ...scenario, received: now, newestAt: data['newest-at'] };
  const rows = readRatings(ratingsFile, textOf(await readFile(ratingsFile)), wanted);
  const items = itemsFile === undefined ? [] : readItems(itemsFile, textOf(await readFile(itemsFile)));
  // A file of the future would be newer than whatever the items' topics bring.
  const itemsAt = itemsFile === undefined ? now : new Date(Math.min((await stat(itemsFile)).mtimeMs, now.getTime()));
  const { url, erasureKey, tell } =
    data.database === undefined ? await stackTarget(now) : databaseTarget(data.database);
  const database = openDatabase<unknown>({ url });
  const imported = await importInto(database, { ...scenario, items, itemsAt, rows, erasureKey });
  await database.close();
  await tell(rows);
  return { ...scenario, ...imported };
});

function reasonOf(error: z.ZodError | undefined): string {
  return (error?.issues ?? []).map(({ path, message }) => `--${path.join('.')}: ${message}\n`).join('');
}

function databaseTarget(url: string): Target {
  const key = process.env.RECOMMENDER_ERASURE_KEY;
  return { url, erasureKey: key ? async () => key : undefined, tell: async () => undefined };
}

/** The stack that runs here: its schedules find something new, and its items get their vectors. */
async function stackTarget(now: Date): Promise<Target> {
  const { database, s3, sqs, secrets } = await runningStack();
  const { aws, database: passwords } = await stackCredentials(settingsFromEnvironment().directory);
  Object.assign(process.env, {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: aws.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ENDPOINT_URL_SQS: sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets,
  });
  const url = new URL(database);
  url.username = functionsRole(appName);
  url.password = passwords[functionsRole(appName)] ?? '';
  const storing = await variablesOf('recommender/store-behaviors');
  const ingesting = await variablesOf('recommender/ingest-items');
  return {
    url: url.href,
    erasureKey: () => secretField(storing.ERASURE_SECRET ?? '', 'key'),
    async tell(rows) {
      await behaviorMarkers(storing.RAW_BUCKET ?? '')(rows.slice(0, 1), now);
      // Days of whatever age: figures of those that are older than the database keeps are asked of their files.
      await filesQueue(storing.FILES_QUEUE_URL ?? '', Number(storing.FILES_DELAY_MS))(rows);
      await vectorsQueue(ingesting.VECTORS_QUEUE_URL ?? '')(rows.slice(0, 1));
    },
  };
}
