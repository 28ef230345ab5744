import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { region } from 'one-machine/region.ts';
import type { Transition } from 'one-machine/state-machines/execution.ts';
import type pg from 'pg';
import { expect } from 'vitest';
import type { SampleSite } from '../../local/sample-site/start.ts';
import { openPool } from '../../packages/one-machine/test/support/pool.ts';
import { askStack } from '../support/ask-stack.ts';
import { runToEnd, startTestStack, type TestStack } from '../support/stack.ts';
import { type Deal, dealColumns, type Judged, judged } from './independent-reading.ts';

/** The whole stack of a test file, and its parts from outside. */
export interface Flow {
  readonly running: TestStack;
  readonly site: SampleSite;
  readonly pool: pg.Pool;
  rows<T>(statement: string, ...values: readonly unknown[]): Promise<T[]>;
  /** An object of the raw bucket; `undefined` where there is none. */
  stored(key: string): Promise<Buffer | undefined>;
  /** What the site answers for a county now; `undefined` where it has no file. */
  published(letter: string): Promise<Buffer | undefined>;
  /** A county's file of a season. */
  publishedSeason(season: string, letter: string): Promise<Buffer | undefined>;
  /** Asks the API for a run; resolves to the execution's name. */
  start(request: RunRequest): Promise<string>;
  /** Asks the API with all an answer has; one that shows SQL or a stack, or is not as documented, fails the test. */
  ask(route: string, init?: RequestInit): Promise<{ status: number; headers: Headers; body: unknown }>;
  /** Starts a run by the API and waits for its end. */
  run(request: RunRequest): Promise<{ name: string; status: string }>;
  /** Waits for a run's end. */
  ended(name: string, timeoutMs?: number): Promise<{ status: string }>;
  told(publicationDate: string): Promise<ToldRun>;
  /** Resolves when a state begins (`entered`) or something else happens in it. */
  next(state: string, kind?: Transition['kind']): Promise<Transition>;
  stop(): Promise<void>;
}

export interface RunRequest {
  readonly publication_date?: string;
  readonly season?: string;
  readonly counties?: readonly string[];
}

export interface ToldCounty {
  readonly letter: string;
  readonly state: string;
  readonly reason: string | null;
  readonly source_key: string | null;
  readonly sha256: string | null;
  readonly rows_read: number;
  readonly good: number;
  readonly problems: number;
  readonly duplicates: number;
  readonly kept_newer: number;
}

export interface ToldRun {
  readonly name: string;
  readonly run_id: string;
  readonly state: string;
  readonly attempts: number;
  readonly reason: string | null;
  readonly results: readonly ToldCounty[];
}

/** What tells a stranger how it is made inside. */
const revealing = /\b(select|insert|relation|syntax|postgres|kysely|node_modules|zod)\b|\.(ts|mjs|js):\d|\n\s+at /i;

/** Longer than any run here takes on a busy machine. */
const runTimeoutMs = 600_000;

/** Starts the stack, or a synthesized app; variables win over the template's. A directory of one's own stays when it stops. */
export async function startFlow(
  variables: Readonly<Record<string, string>> = {},
  directory?: string,
  assembly?: string,
): Promise<Flow> {
  const running = await startTestStack(variables, directory, assembly);
  const { stack } = running;
  const { site } = stack.services;
  if (!site) throw new Error('The sample site is not running');
  const pool = openPool(stack.services.postgres.url('postgres', 'millrace'));
  const s3 = new S3Client({ region, credentials: stack.services.credentials, endpoint: stack.services.storage.s3Url });
  const start = async (request: RunRequest) => {
    const { status, body } = await running.api('/presale/runs', { method: 'POST', body: JSON.stringify(request) });
    expect(status, JSON.stringify(body)).toBe(202);
    return (body as { result: { run_id: string } }).result.run_id;
  };
  const ended = (name: string, timeoutMs = runTimeoutMs) => runToEnd(stack, name, timeoutMs);
  return {
    running,
    site,
    pool,
    start,
    ended,
    rows: async <T>(statement: string, ...values: readonly unknown[]) =>
      (await pool.query(statement, [...values])).rows as T[],
    stored: (key) => objectOf(s3, key),
    published: (letter) => download(`${site.url}//Download?fileName=${letter.toLowerCase()}_lvr_land_b.csv`),
    publishedSeason: (season, letter) =>
      download(`${site.url}//DownloadSeason?season=${season}&fileName=${letter}_lvr_land_B.csv`),
    async ask(route, init) {
      const { response, text } = await askStack(stack, route, init);
      if (!response.ok) expect(text).not.toMatch(revealing);
      return { status: response.status, headers: response.headers, body: JSON.parse(text) };
    },
    async run(request) {
      const name = await start(request);
      return { name, ...(await ended(name)) };
    },
    async told(publicationDate) {
      const { status, body } = await running.api(`/presale/runs/${publicationDate}`);
      expect(status, JSON.stringify(body)).toBe(200);
      return (body as { result: ToldRun }).result;
    },
    next: (state, kind = 'entered') =>
      new Promise((resolve) => {
        const remove = stack.machines.onTransition((transition) => {
          if (transition.state !== state || transition.kind !== kind) return;
          remove();
          resolve(transition);
        });
      }),
    async stop() {
      await pool.end();
      await running.stop();
    },
  };
}

async function download(url: string): Promise<Buffer | undefined> {
  const response = await fetch(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  return response.status === 200 && response.headers.get('content-type')?.startsWith('text/csv') ? bytes : undefined;
}

async function objectOf(s3: S3Client, key: string): Promise<Buffer | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'millrace-raw-bucket', Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** The deals that came from one raw file, in the order of their serial numbers. */
function dealsFrom(flow: Pick<Flow, 'rows'>, sourceKey: string): Promise<Deal[]> {
  const numbers = new Set(['price_twd', 'unit_price_twd_per_m2', 'parking_price_twd']);
  const selected = dealColumns.map((column) => {
    if (column === 'transaction_date') return `${column}::text`;
    return numbers.has(column) || column.endsWith('_m2') ? `${column}::float8` : column;
  });
  return flow.rows<Deal>(
    `select ${selected.join(', ')} from presale.deals where source_key = $1 order by serial_number collate "C"`,
    sourceKey,
  );
}

/** Line -> wrong columns of the problem rows that came from one raw file. */
async function problemsFrom(flow: Pick<Flow, 'rows'>, sourceKey: string): Promise<Judged['problems']> {
  const found = await flow.rows<{ line_number: string; reasons: { column: string }[] }>(
    'select line_number, reasons from presale.problems where source_key = $1 order by line_number',
    sourceKey,
  );
  return Object.fromEntries(
    found.map(({ line_number, reasons }) => [Number(line_number), reasons.map(({ column }) => column)]),
  );
}

/** The database holds exactly what the bytes hold: every good row with its values, every problem with its columns. */
export async function expectLoaded(
  flow: Pick<Flow, 'rows'>,
  sourceKey: string,
  bytes: Uint8Array | undefined,
): Promise<Judged> {
  const expected = judged(bytes ?? new Uint8Array());
  const sorted = (problems: Judged['problems']) =>
    Object.entries(problems).map(([line, columns]) => [line, columns.toSorted()]);
  expect(await dealsFrom(flow, sourceKey), sourceKey).toEqual(expected.deals);
  expect(sorted(await problemsFrom(flow, sourceKey)), sourceKey).toEqual(sorted(expected.problems));
  return expected;
}
