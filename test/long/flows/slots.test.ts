import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { slotsBetween, timetable } from 'eventbridge-timetable';
import { region } from 'one-machine/region.ts';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type KeptSchedule, scheduleList } from '../../../lambdas/platform/contract.ts';
import { startOf } from '../../../lambdas/platform/slots/settle-slots.ts';
import { startTestStack, type TestStack } from '../../support/stack.ts';

/** Slots through the whole stack: the machine was off, two start one at once. Each policy: test/lambdas/platform/slots.test.ts. */

let directory: string;
let running: TestStack | undefined;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  await rm(directory, { recursive: true, force: true });
});

const name = 'presale/start-publication';
const variables = { PRESALE_COUNTIES: 'W', PRESALE_RETRY_SECONDS: '1', PRESALE_MAX_ATTEMPTS: '1' };
const waiting = { timeout: 300_000, interval: 200 };

async function start(): Promise<TestStack> {
  running = await startTestStack(variables, directory);
  return running;
}

async function rows<T extends object>(stack: TestStack, statement: string, ...values: unknown[]): Promise<T[]> {
  const client = new pg.Client({ connectionString: stack.stack.services.postgres.url('postgres', 'millrace') });
  await client.connect();
  try {
    return (await client.query<T>(statement, values)).rows;
  } finally {
    await client.end();
  }
}

const slots = async (stack: TestStack) =>
  (
    await rows<{ scheduled_at: Date; state: string; who: string; run: string | null }>(
      stack,
      `select scheduled_at, state, who, run from platform.slots where schedule = '${name}' order by scheduled_at`,
    )
  ).map(({ scheduled_at, ...slot }) => ({ at: scheduled_at.toISOString(), ...slot }));

const executions = async (stack: TestStack) =>
  (await stack.stack.machines.list({ limit: 1000 })).executions.map(({ name }) => name).toSorted();

/** The schedule as the template gives it to the keeper. */
function keptSchedule(stack: TestStack): KeptSchedule {
  const keeper = stack.stack.model.functions.find(({ handler }) => handler === 'platform/keep-slots');
  const all = scheduleList.parse(keeper?.environment.SCHEDULES);
  const kept = all.find((schedule) => schedule.name === name);
  if (!kept) throw new Error(`${name} keeps no slots`);
  return kept;
}

const seen = (stack: TestStack) =>
  expect.poll(() => rows(stack, 'select name from platform.schedules'), waiting).toContainEqual({ name });

const sqsOf = (stack: TestStack) =>
  new SQSClient({
    region,
    credentials: stack.stack.services.credentials,
    endpoint: stack.stack.services.storage.sqsUrl,
  });

/** Waiting, or held by somebody. */
async function messagesIn(stack: TestStack, queue: string): Promise<number> {
  const asked = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const QueueUrl = stack.stack.services.storage.queueUrl(queue);
  const sqs = sqsOf(stack);
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...asked] }));
  sqs.destroy();
  return asked.reduce((sum, attribute) => sum + Number(Attributes[attribute]), 0);
}

/** The stack runs, sees its schedules, and is off for 25 days. Resolves to the slots that went by meanwhile. */
async function offForWeeks(): Promise<{ kept: KeptSchedule; missed: string[] }> {
  const first = await start();
  await seen(first);
  const kept = keptSchedule(first);
  const after = new Date(Date.now() - 25 * 24 * 60 * 60_000);
  await rows(first, 'update platform.schedules set settled_to = $1, first_seen_at = $1 where name = $2', after, name);
  await first.stop();
  const to = new Date(Date.now() - kept.graceMinutes * 60_000);
  const missed = slotsBetween(timetable(kept.at, kept.zone), { after, to, limit: 10 });
  return { kept, missed: missed.map((slot) => slot.toISOString()) };
}

test('after weeks off, the newest slot is caught up once and the older ones are skipped', {
  timeout: 600_000,
}, async () => {
  const { missed } = await offForWeeks();
  const stack = await start();

  const expected = missed.map((at, index) => ({ at, state: index === missed.length - 1 ? 'caught-up' : 'skipped' }));
  await expect.poll(() => slots(stack), waiting).toMatchObject(expected);
  const [slot] = (await slots(stack)).slice(-1);
  expect(slot).toMatchObject({ who: 'keeper', run: slot?.run });
  expect(await executions(stack)).toEqual([`publication-${slot?.run}`]);
  expect(
    await rows(stack, `select source_name, state, changed_by from platform.failures where reason = 'SlotMissed'`),
  ).toEqual([{ source_name: 'start-publication', state: 'resolved', changed_by: 'keeper' }]);
  const { body } = await stack.api('/platform/slots?schedule=presale/start-publication&state=caught-up');
  expect(body).toMatchObject({ result: { total: 1, data: [{ run: slot?.run, who: 'keeper' }] } });
});

test('the schedule and the keeper start one slot at once: one run, one row', { timeout: 600_000 }, async () => {
  const stack = await start();
  await seen(stack);
  const kept = keptSchedule(stack);
  const schedule = stack.stack.model.schedules.find(({ target }) => target === kept.door);
  const slot = new Date('2026-11-11T02:00:00Z');
  const sqs = sqsOf(stack);
  const QueueUrl = stack.stack.services.storage.queueUrl('millrace-dev-platform-start-work');
  const MessageBody = JSON.stringify(startOf(kept, slot, 'keeper'));

  await Promise.all([
    stack.stack.wiring.scheduler.trigger(schedule?.name ?? '', slot),
    sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })),
    sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })),
  ]);
  sqs.destroy();

  await expect.poll(() => slots(stack), waiting).toMatchObject([{ at: slot.toISOString(), run: '2026-11-11' }]);
  // Every start has been worked off and told, and there is still one of each.
  for (const name of ['millrace-dev-platform-start-work', 'millrace-dev-platform-record-slots'])
    await expect.poll(() => messagesIn(stack, name), waiting).toBe(0);
  expect(await executions(stack)).toEqual(['publication-2026-11-11']);
  expect(await slots(stack)).toHaveLength(1);
});
