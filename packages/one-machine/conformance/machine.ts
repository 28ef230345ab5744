import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startBroker } from '../src/services/kafka/broker.ts';
import { makeTopics } from '../src/services/kafka.ts';
import { startMail } from '../src/services/mail.ts';
import { startPostgres } from '../src/services/postgres.ts';
import { startSecrets } from '../src/services/secrets.ts';
import { type Storage, startStorage } from '../src/services/storage.ts';
import { serveStateMachines } from '../src/state-machines/protocol.ts';
import { startStateMachines } from '../src/state-machines/state-machines.ts';

/** Where a foreign client finds the services, and what they have. */
export interface Places {
  readonly endpoints: Readonly<Record<'s3' | 'sqs' | 'stepfunctions' | 'secretsmanager' | 'ses', string>>;
  readonly kafka: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly machineArn: string;
}

const region = 'us-east-1';
const credentials = { accessKeyId: 'conformance', secretAccessKey: 'conformance' };
const queue = {
  ...{ delaySeconds: 0, retentionSeconds: 345_600, maximumMessageBytes: 262_144, fifo: false },
  visibilityTimeoutSeconds: 30,
};
const machineArn = `arn:aws:states:${region}:000000000000:stateMachine:Echo`;
const secretName = 'plain/secret';
const secretArn = `arn:aws:secretsmanager:${region}:000000000000:secret:${secretName}-AbCdEf`;
const echo = {
  QueryLanguage: 'JSONata',
  StartAt: 'Which',
  States: {
    Which: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.wait %}', Next: 'Wait' }], Default: 'Say' },
    Wait: { Type: 'Wait', Seconds: 600, Next: 'Say' },
    Say: { Type: 'Pass', Output: { said: '{% $states.input %}' }, End: true },
  },
};

/** Starts the services that a client alone can try, and stops them after the work. */
export async function withServices(work: (places: Places) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await withDatabase(async (pool) => {
      const started = await startServices(folder, pool);
      try {
        await work(started.places);
      } finally {
        for (const { stop } of started.services) await stop();
      }
    });
  });
}

async function startServices(folder: string, pool: pg.Pool) {
  const storage = await startStores(folder);
  const mail = await startMail({
    directory: path.join(folder, 'mails'),
    identities: ['example.com'],
    credentials: [credentials],
  });
  const secrets = await startSecrets({
    file: path.join(folder, 'secrets.json'),
    secrets: [{ id: secretName, arn: secretArn, value: '{"user":"u"}' }],
    credentials: [credentials],
  });
  const machines = await startStateMachines({
    pool,
    machines: [{ arn: machineArn, name: 'Echo', definition: echo }],
    invoke: async ({ arguments: given }) => given,
  });
  const executions = await serveStateMachines(machines, { credentials: [credentials] });
  const broker = await startBroker({ directory: path.join(folder, 'kafka'), onError: console.error });
  await makeTopics(broker.address, [{ name: 'records', partitions: 2, configs: {} }]);
  const [s3, sqs] = [storage.s3Url, storage.sqsUrl];
  return {
    services: [storage, mail, secrets, executions, { stop: () => machines.close() }, broker],
    places: {
      endpoints: { s3, sqs, ses: mail.url, secretsmanager: secrets.url, stepfunctions: executions.url },
      kafka: broker.address,
      region,
      ...credentials,
      machineArn,
    },
  };
}

function startStores(folder: string): Promise<Storage> {
  return startStorage({
    directory: path.join(folder, 'storage'),
    region,
    buckets: [
      { name: 'plain', versioned: false },
      { name: 'versioned', versioned: true },
    ],
    queues: [
      { ...queue, name: 'work', deadLetter: { queue: 'dead', maxReceiveCount: 2 } },
      { ...queue, name: 'dead' },
      { ...queue, name: 'ordered.fifo', fifo: true },
    ],
    credentials: [credentials],
  });
}

/** A server of its own, gone after the work. */
export async function withDatabase(work: (pool: pg.Pool) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const postgres = await startPostgres({ directory: path.join(folder, 'postgres') });
    const pool = new pg.Pool({ connectionString: postgres.url('postgres', 'machine') });
    // A server that stops cuts connections that nothing uses any more.
    pool.on('error', () => undefined);
    try {
      await work(pool);
    } finally {
      await pool.end();
      await postgres.stop();
    }
  });
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'conformance-'));
  // PostgreSQL runs as a user of its own where this one is root.
  await chmod(folder, 0o755);
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
