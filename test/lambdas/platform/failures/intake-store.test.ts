import { sql } from 'kysely';
import { failedBatch } from 'one-machine/doors/stream-poller/failed-batch.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { NotFoundError } from '../../../../lambdas/kit/errors.ts';
import { failuresFrom } from '../../../../lambdas/platform/failures/intake/dead-letter.ts';
import { takeIn } from '../../../../lambdas/platform/failures/intake/intake-store.ts';
import { recordFailures } from '../../../../lambdas/platform/record/failure-ledger.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { destinationRecord, executionEvent, letter, objectEvent, startFailed } from './letters.ts';

let database: TestDatabase<unknown>;
const objects = new Map<string, string>();

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database.stop());

beforeEach(async () => {
  objects.clear();
  await sql`TRUNCATE platform.failures RESTART IDENTITY CASCADE`.execute(database.admin.query);
});

const bucket = {
  put: async (key: string, body: string | Uint8Array) => void objects.set(key, String(body)),
  async readText(key: string) {
    const text = objects.get(key);
    if (text === undefined) throw new NotFoundError(key);
    return text;
  },
};

const take = (body: object, eventSourceARN = 'the intake itself') =>
  takeIn(letter({ body: JSON.stringify(body), eventSourceARN }), database.app.query, bucket);

async function states(): Promise<[id: number, state: string, replayOf: number | null][]> {
  const { rows } = await sql<{ id: number; state: string; replay_of: number | null }>`
    SELECT id, state, replay_of FROM platform.failures ORDER BY id`.execute(database.app.query);
  return rows.map(({ id, state, replay_of }) => [id, state, replay_of]);
}

/** An execution fails, its replay fails as well, and a stranger stands beside. */
async function failedTwice(): Promise<void> {
  const [failure] = failuresFrom(letter({ body: JSON.stringify(executionEvent()) }));
  if (!failure) throw new Error('No failure');
  await recordFailures(database.app.query, [failure]);
  await recordFailures(database.app.query, [{ ...failure, naturalKey: 'again', replayOf: 1 }]);
  await recordFailures(database.app.query, [{ ...failure, naturalKey: 'stranger' }]);
}

test('an execution that replays a failure and succeeds puts it right, with those that led to it', async () => {
  await failedTwice();
  await take(executionEvent({ status: 'SUCCEEDED', name: 'replay-2' }));

  expect(await states()).toEqual([
    [1, 'resolved', null],
    [2, 'resolved', 1],
    [3, 'open', null],
  ]);
});

test('what a person gave up stays given up, and another execution that succeeds changes nothing', async () => {
  await failedTwice();
  await sql`UPDATE platform.failures SET state = 'discarded' WHERE id = 1`.execute(database.app.query);
  await take(executionEvent({ status: 'SUCCEEDED', name: 'replay-1' }));
  await take(executionEvent({ status: 'SUCCEEDED', name: 'publication-2026-11-21' }));
  await take(executionEvent({ status: 'SUCCEEDED', name: 'replay-99' }));

  expect((await states()).map(([, state]) => state)).toEqual(['discarded', 'open', 'open']);
});

test('a dead letter that looks like news of a success is kept as the message that it is', async () => {
  await failedTwice();
  const success = executionEvent({ status: 'SUCCEEDED', name: 'replay-1' });
  await take(success, 'arn:aws:sqs:r:0:millrace-dev-platform-send-mail-dead');

  expect((await states()).map(([, state]) => state)).toEqual(['open', 'open', 'open', 'open']);
});

test('an invocation that was replayed and fails again names the first', async () => {
  await failedTwice();
  objects.set('platform/replays/invocations/r-1', '3');
  await take(destinationRecord, startFailed);

  expect((await states()).at(-1)).toEqual([4, 'open', 3]);
});

const tagFailed = 'arn:aws:sqs:r:0:millrace-dev-tagger-tag-messages-failed';
const tagFunction = 'arn:aws:lambda:r:0:function:Tag';

/** What Lambda keeps of these offsets of a topic's partition. */
function givenUp(...offsets: readonly number[]): string {
  const source = { id: 'mapping', functionArn: `${tagFunction}:$LATEST`, failuresBucket: 'raw', eventSourceArn: 'msk' };
  const records = offsets.map((offset) => ({
    record: { topic: 'wx.messages', partition: 2, offset, timestamp: 7, key: 'a2V5', value: 'eA==' },
    bytes: 1,
  }));
  const condition = 'RetryAttemptsExhausted';
  return failedBatch(source as never, 'b:1', { records: records as never, condition, tries: 5 })?.body ?? '';
}

interface Row {
  readonly natural_key: string;
  readonly source_kind: string;
  readonly door: string;
  readonly reason: string;
  readonly attempts: number;
  readonly input: string;
}

const rows = async () =>
  (await sql<Row>`SELECT * FROM platform.failures ORDER BY natural_key`.execute(database.app.query)).rows;

test('a batch that Lambda gave up on is a row for each of its records, which can be done again alone', async () => {
  const key = 'aws/lambda/mapping/2026/11/21/x';
  objects.set(key, givenUp(5, 6));
  await take(objectEvent(key), tagFailed);
  await take(objectEvent(key), tagFailed);

  expect(await rows()).toMatchObject(
    [5, 6].map((offset) => ({
      natural_key: `stream:tagger/tag-messages:wx.messages:2:${offset}:7`,
      workload: 'tagger',
      source_kind: 'stream',
      source_name: 'tag-messages',
      door: tagFunction,
      reason: 'RetryAttemptsExhausted',
      message: expect.stringContaining(`wx.messages, partition 2, offset ${offset}`),
      attempts: 5,
    })),
  );
  const [first] = await rows();
  expect(JSON.parse(first?.input ?? '')).toMatchObject({
    replay: true,
    bootstrapServers: 'b:1',
    records: { 'wx.messages-2': [{ offset: 5, key: 'a2V5', value: 'eA==' }] },
  });
});

test('a record that its function rejected before its batch was given up keeps its row and its reason', async () => {
  const key = 'aws/lambda/mapping/2026/11/21/x';
  const told = { naturalKey: 'stream:tagger/tag-messages:wx.messages:2:5:7', reason: 'NotJson', sourceKind: 'stream' };
  const [sample] = failuresFrom(letter({ body: '{}' }));
  if (sample) await recordFailures(database.app.query, [{ ...sample, ...told, sourceKind: 'stream' }]);
  objects.set(key, givenUp(5, 6));
  await take(objectEvent(key), tagFailed);

  expect((await rows()).map(({ reason }) => reason)).toEqual(['NotJson', 'RetryAttemptsExhausted']);
});

test.each([
  ['is gone', undefined],
  ['is no JSON', 'x'],
  ['has no records', JSON.stringify({ requestContext: { functionArn: 'f', requestId: 'r' }, payload: '{}' })],
  ['has records of another form', givenUp(5).replaceAll('offset', 'place')],
])('a batch whose object %s is a row that names the object', async (_, text) => {
  const key = 'aws/lambda/mapping/2026/11/21/x';
  if (text !== undefined) objects.set(key, text);
  await take(objectEvent(key), tagFailed);

  expect(await rows()).toMatchObject([{ workload: 'tagger', source_name: 'tag-messages', source_kind: 'queue' }]);
  expect((await rows())[0]?.input).toContain(key);
});

test('a queue’s message that looks like such news is kept as the message that it is', async () => {
  const key = 'aws/lambda/mapping/2026/11/21/x';
  objects.set(key, givenUp(5, 6));
  await take(objectEvent(key), 'arn:aws:sqs:r:0:millrace-dev-presale-load-corrections-dead');

  expect(await rows()).toMatchObject([{ workload: 'presale', source_kind: 'queue', reason: 'RetriesExhausted' }]);
});
