import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { copyUpsert } from '#adapters/database/copy-upsert.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { consume } from '#kit/stream/consume.ts';
import type { StreamEvent } from '#kit/stream/event.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { lambdaContext, printed } from '../../../support/lambda.ts';

let database: TestDatabase<unknown>;
let failures: NewFailure[];

beforeAll(async () => {
  database = await startTestDatabase();
  await sql`CREATE TABLE platform.levels (meter text PRIMARY KEY, level integer, partition integer, record_offset bigint)`.execute(
    database.admin.query,
  );
  await sql`GRANT ALL ON platform.levels TO millrace_app`.execute(database.admin.query);
});

afterAll(() => database?.stop());

beforeEach(() => {
  failures = [];
  vi.stubEnv('STREAM_ANSWER', 'partial');
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const target = {
  table: 'platform.levels',
  columns: ['meter', 'level', 'partition', 'record_offset'],
  key: ['meter'],
  newer: ['record_offset'],
};

const handler = consume({
  edge: 'meters/store',
  env: z.object({}),
  schema: z.object({ meter: z.string(), level: z.int() }),
  services: () => ({
    reject: async (found: readonly NewFailure[]) => void failures.push(...found),
    store: (messages) =>
      database.app.transaction((session) =>
        copyUpsert(session, target, [
          messages.map(({ message, record }) => [message.meter, message.level, record.partition, record.offset]),
        ]),
      ),
  }),
});

function eventOf(...values: string[]): StreamEvent {
  const records = values.map((value, offset) => ({
    topic: 'levels',
    partition: 0,
    offset,
    timestamp: 1_795_237_200_000,
    timestampType: 'CREATE_TIME' as const,
    value: Buffer.from(value).toString('base64'),
    headers: [],
  }));
  return { eventSource: 'aws:kafka', bootstrapServers: '', records: { 'levels-0': records } };
}

const stored = async () =>
  (await sql`SELECT meter, level FROM platform.levels ORDER BY meter`.execute(database.app.query)).rows;

test('a topic is a schema and a store: what is wrong goes to the ledger, the rest is kept, and again changes nothing', async () => {
  const lines = printed();
  const event = eventOf(
    '{"meter":"a","level":1}',
    '{"meter":"b"}',
    '{"meter":"a","level":2}',
    '{"meter":"c","level":3}',
  );

  for (let time = 0; time < 2; time += 1)
    expect(await handler(event, lambdaContext())).toEqual({ batchItemFailures: [] });

  expect(await stored()).toEqual([
    { meter: 'a', level: 2 },
    { meter: 'c', level: 3 },
  ]);
  expect(failures).toHaveLength(2);
  const metrics = lines.text();
  expect(metrics).toContain('RowsInserted');
  expect(metrics).not.toContain('ConservationBroken');
});

test('a store that fails stops its partition where it stood', async () => {
  printed();
  const broken = consume({
    edge: 'meters/store',
    env: z.object({}),
    schema: z.object({ level: z.int() }),
    services: () => ({ reject: async () => undefined, store: () => Promise.reject(new Error('away')) }),
  });

  expect(await broken(eventOf('{"level":1}'), lambdaContext())).toEqual({
    batchItemFailures: [{ itemIdentifier: { partition: 'levels-0', offset: 0 } }],
  });
});
