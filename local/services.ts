import path from 'node:path';
import { consoleToken, keepConsoleToken, usersSecretName } from './callers/console-token.ts';
import { hasServiceElsewhere } from './function-environment.ts';
import type { Credentials, StackCredentials } from './guard/credentials.ts';
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
  /** With which the stack's own parts sign; every AWS endpoint of this machine takes them. */
  readonly credentials: Credentials;
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
  {
    postgres,
    credentials: kept,
    onError,
  }: {
    readonly postgres: Postgres;
    readonly credentials: StackCredentials;
    readonly onError: (message: string) => void;
  },
): Promise<Services> {
  const ports = portsFrom(settings.port);
  const folder = (name: string) => path.join(settings.directory, name);
  const { variables } = settings;
  const credentials = acceptedCredentials(kept.aws, variables);
  const [storage, mail, secrets, schedules, kafka, site] = await Promise.all([
    startStorage({
      directory: folder('storage'),
      region,
      s3Port: ports.s3,
      sqsPort: ports.sqs,
      buckets: model.buckets.map(({ name, versioned, cors }) => ({ name, versioned, cors })),
      credentials,
      queues: model.queues,
    }),
    startMail({ directory: folder('mails'), port: ports.mail, identities: model.mailIdentities, credentials }),
    startSecrets({
      file: folder('secrets.json'),
      port: ports.secrets,
      credentials,
      secrets: [
        ...model.secrets.map(({ name, arn, generate }) => ({ id: name, arn, ...(generate ? { generate } : {}) })),
        consoleToken,
      ],
    }),
    startSchedules({ port: ports.schedules, schedules: model.schedules, credentials }),
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
    credentials: kept.aws,
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
export function acceptedCredentials(own: Credentials, variables: Settings['variables']): readonly Credentials[] {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = variables;
  if (accessKeyId === undefined || secretAccessKey === undefined || !hasServiceElsewhere(variables)) return [own];
  return [own, { accessKeyId, secretAccessKey }];
}
