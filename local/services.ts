import path from 'node:path';
import { consoleToken, keepConsoleToken, usersSecretName } from './callers/console-token.ts';
import { region } from './machine.ts';
import { type SampleSite, startSampleSite } from './sample-site/start.ts';
import { freePort } from './services/free-port.ts';
import { type Kafka, startKafka } from './services/kafka.ts';
import { startMail } from './services/mail.ts';
import type { Postgres } from './services/postgres.ts';
import { type Schedules, startSchedules } from './services/schedules.ts';
import { startSecrets } from './services/secrets.ts';
import { startStorage } from './services/storage.ts';
import { portsFrom, type Settings } from './settings.ts';
import type { StackModel } from './template/model.ts';

/** The services a template needs, running. */
export interface Services {
  readonly postgres: Postgres;
  readonly storage: Awaited<ReturnType<typeof startStorage>>;
  readonly mail: Awaited<ReturnType<typeof startMail>>;
  readonly secrets: Awaited<ReturnType<typeof startSecrets>>;
  readonly schedules: Schedules;
  /** `undefined` when PRESALE_SITE_URL names a real one. */
  readonly site: SampleSite | undefined;
  /** `undefined` where the template has no topics, nor anything that reads some. */
  readonly kafka: Kafka | undefined;
  /** Ends everything but the database, whose pools others still close. */
  stop(): Promise<void>;
}

/** Starts what stands beside the database: objects and queues, mail, secrets, what schedules there are, the sample site. */
export async function startServices(
  settings: Settings,
  model: StackModel,
  { postgres, onError }: { readonly postgres: Postgres; readonly onError: (message: string) => void },
): Promise<Services> {
  const ports = portsFrom(settings.port);
  const folder = (name: string) => path.join(settings.directory, name);
  const { variables } = settings;
  const [storage, mail, secrets, schedules, kafka, site] = await Promise.all([
    startStorage({
      directory: folder('storage'),
      region,
      s3Port: ports.s3,
      sqsPort: ports.sqs,
      buckets: model.buckets.map(({ name, versioned }) => ({ name, versioned })),
      credentials: credentialsOf(variables),
      queues: model.queues,
    }),
    startMail({ directory: folder('mails'), port: ports.mail, identities: model.mailIdentities }),
    startSecrets({
      file: folder('secrets.json'),
      port: ports.secrets,
      secrets: [
        ...model.secrets.map(({ name, arn, generate }) => ({ id: name, arn, ...(generate ? { generate } : {}) })),
        consoleToken,
      ],
    }),
    startSchedules({ port: ports.schedules, schedules: model.schedules }),
    // A serverless cluster's topics are made by a function of its own.
    model.topics.length + model.streamSources.length > 0
      ? startKafka({
          directory: folder('kafka'),
          port: ports.kafka,
          elsewhere: variables.KAFKA_BROKERS,
          topics: model.topics,
          onError,
        })
      : undefined,
    variables.PRESALE_SITE_URL === undefined
      ? startSampleSite({
          port: await freePort(ports.site),
          ...(variables.PRESALE_SAMPLE_DIR === undefined
            ? {}
            : { directory: path.resolve(settings.project, variables.PRESALE_SAMPLE_DIR) }),
        })
      : undefined,
  ]);
  if (model.secrets.some(({ name }) => name === usersSecretName)) await keepConsoleToken(secrets);
  return {
    postgres,
    storage,
    mail,
    secrets,
    schedules,
    kafka,
    site,
    async stop() {
      await Promise.all([storage.stop(), mail.stop(), secrets.stop(), schedules.stop(), kafka?.stop(), site?.stop()]);
    },
  };
}

/** Functions sign with a person's own credentials where one of the services is elsewhere. */
function credentialsOf({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }: Settings['variables']) {
  return AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined
    ? []
    : [{ accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }];
}
