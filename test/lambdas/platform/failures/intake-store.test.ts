import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recordFailures } from '../../../../lambdas/adapters/failure-ledger.ts';
import { NotFoundError } from '../../../../lambdas/kit/errors.ts';
import { failuresFrom } from '../../../../lambdas/platform/failures/intake/dead-letter.ts';
import { takeIn } from '../../../../lambdas/platform/failures/intake/intake-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { destinationRecord, executionEvent, letter, startFailed } from './letters.ts';

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
