import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { Credentials, StackCredentials } from './guard/credentials.ts';
import { region } from './region.ts';
import { type Athena, objectsOf, startAthena } from './services/athena.ts';
import { type Kafka, startKafka } from './services/kafka.ts';
import { startMail } from './services/mail.ts';
import type { Postgres } from './services/postgres.ts';
import { type Schedules, startSchedules } from './services/schedules.ts';
import type { SecretDescription } from './services/secrets/vault.ts';
import { startSecrets } from './services/secrets.ts';
import { startStorage } from './services/storage.ts';
import { acceptedCredentials } from './services-elsewhere.ts';
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
  /** `undefined` where the template has no topics, nor anything that reads some. */
  readonly kafka: Kafka | undefined;
  /** `undefined` where the template has no tables. */
  readonly athena: Athena | undefined;
  /** Ends everything but the database, whose pools others still close. */
  stop(): Promise<void>;
}

/** What stands before the services. */
interface ServicesGiven {
  readonly postgres: Postgres;
  readonly credentials: StackCredentials;
  /** Beside the template's. */
  readonly secrets: readonly SecretDescription[];
  readonly onError: (message: string) => void;
}

/** What the parts are started with. */
interface Beginning {
  readonly settings: Settings;
  readonly model: StackModel;
  readonly ports: ReturnType<typeof portsFrom>;
  /** Whose requests the services answer. */
  readonly credentials: readonly Credentials[];
  readonly secrets: readonly SecretDescription[];
  readonly onError: (message: string) => void;
}

/** Starts what stands beside the database: objects and queues, mail, secrets, what schedules there are. */
export async function startServices(
  settings: Settings,
  model: StackModel,
  { postgres, credentials: kept, secrets: besides, onError }: ServicesGiven,
): Promise<Services> {
  const ports = portsFrom(settings.port);
  const credentials = acceptedCredentials(kept.aws, settings.variables);
  const beginning: Beginning = { settings, model, ports, credentials, secrets: besides, onError };
  const [storage, mail, secrets, schedules, kafka] = await Promise.all([
    objectsAndQueues(beginning),
    startMail({
      directory: folderOf(settings, 'mails'),
      port: ports.mail,
      identities: model.mailIdentities,
      credentials,
    }),
    secretsOfStack(beginning),
    schedulesOfStack(beginning),
    streams(beginning),
  ]);
  const athena = await analytics(beginning, { storage, own: kept.aws });
  const services = {
    postgres,
    credentials: kept.aws,
    storage,
    mail,
    secrets,
    schedules,
    kafka,
    athena,
  };
  return { ...services, stop: () => stopAll(services) };
}

async function stopAll(services: Omit<Services, 'stop'>): Promise<void> {
  const { storage, mail, secrets, schedules, kafka, athena } = services;
  await athena?.stop();
  await Promise.all([storage.stop(), mail.stop(), secrets.stop(), schedules.stop(), kafka?.stop()]);
}

function folderOf({ directory }: Settings, name: string): string {
  return path.join(directory, name);
}

function objectsAndQueues({ settings, model, ports, credentials }: Beginning) {
  return startStorage({
    directory: folderOf(settings, 'storage'),
    region,
    s3Port: ports.s3,
    sqsPort: ports.sqs,
    buckets: model.buckets.map(({ name, versioned, cors }) => ({ name, versioned, cors })),
    credentials,
    queues: model.queues,
  });
}

/** They stay as they were told to be over restarts. */
function schedulesOfStack({ settings, model, ports, credentials }: Beginning): Promise<Schedules> {
  const file = folderOf(settings, 'schedules.json');
  return startSchedules({ port: ports.schedules, schedules: model.schedules, file, credentials });
}

/** The template's own, and what the app adds. */
function secretsOfStack({ settings, model, ports, credentials, secrets: besides }: Beginning) {
  const described = model.secrets.map(({ name, arn, generate, value }) => ({
    id: name,
    arn,
    ...(value === undefined ? {} : { value }),
    ...(generate ? { generate } : {}),
  }));
  const secrets = [...described, ...besides];
  return startSecrets({ file: folderOf(settings, 'secrets.json'), port: ports.secrets, credentials, secrets });
}

/** A serverless cluster's topics are made by a function of its own. */
function streams({ settings, model, ports, onError }: Beginning): Promise<Kafka> | undefined {
  if (model.topics.length + model.streamSources.length === 0) return undefined;
  return startKafka({
    directory: folderOf(settings, 'kafka'),
    port: ports.kafka,
    elsewhere: settings.variables.KAFKA_BROKERS,
    topics: model.topics,
    onError,
  });
}

/** Reads its objects where functions have them: this machine's bucket, whose files it takes as they lie, or one that a person names. */
async function analytics(
  { settings, model, ports, credentials }: Beginning,
  { storage, own }: { readonly storage: Services['storage']; readonly own: Credentials },
): Promise<Athena | undefined> {
  if (model.tables.length === 0) return undefined;
  const { AWS_ENDPOINT_URL_S3: elsewhere } = settings.variables;
  const s3 = new S3Client({
    region,
    forcePathStyle: true,
    endpoint: elsewhere ?? storage.s3Url,
    credentials: elsewhere === undefined ? own : (credentials.at(-1) ?? own),
  });
  const byProtocol = objectsOf(s3);
  const reader = elsewhere === undefined ? { ...byProtocol, bring: storage.bring } : byProtocol;
  const directory = folderOf(settings, 'athena');
  return startAthena({ model, port: ports.athena, credentials, reader, directory });
}
