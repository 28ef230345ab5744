import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { region } from 'one-machine/region.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../../support/stack.ts';

/** What is in the ledger goes back in at each kind of door, one or many, through HTTP alone. */

let running: TestStack;
let sqs: SQSClient;

interface Failure {
  readonly id: number;
  readonly state: string;
  readonly source_kind: string;
  readonly reason: string;
  readonly message: string;
  readonly replay_of: number | null;
}

beforeAll(async () => {
  running = await startTestStack({ PRESALE_COUNTIES: 'W', PRESALE_RETRY_SECONDS: '1', PRESALE_MAX_ATTEMPTS: '1' });
  running.stack.services.site?.setToday('2026-11-01');
  sqs = new SQSClient({
    region,
    credentials: running.stack.services.credentials,
    endpoint: running.stack.services.storage.sqsUrl,
  });
});

afterAll(async () => {
  sqs?.destroy();
  await running?.stop();
});

beforeEach(() => running.stack.faults.set({ duplicate: false, crashBefore: 0, crashAfter: 0 }));

const patience = { timeout: 300_000, interval: 250 };
const dead = () => running.stack.services.storage.queueUrl('millrace-dev-platform-send-mail-dead');
const post = async (route: string, body: object = {}) => {
  const { status, body: answer } = await running.api(route, { method: 'POST', body: JSON.stringify(body) });
  return { status, result: (answer as { result: Record<string, never> }).result };
};
const get = async <T>(route: string) => ((await running.api(route)).body as { result: T }).result;
const listed = async (query: string) => (await get<{ data: Failure[] }>(`/platform/failures?${query}`)).data;
const subjects = async () => (await running.stack.services.mail.mails()).map(({ subject }) => subject);

/** Waits until exactly so many match, and gives them oldest first. */
async function found(query: string, count = 1): Promise<Failure[]> {
  await expect.poll(async () => (await listed(`${query}&length=500`)).length, patience).toBe(count);
  return (await listed(`${query}&length=500`)).toReversed();
}

const mail = (subject: string, text = 't') => JSON.stringify({ subject, text });

test('a start that its function failed on is started by a replay', { timeout: 600_000 }, async () => {
  running.stack.faults.set({ duplicate: false, crashBefore: 1, crashAfter: 0 });
  await running.stack.wiring.scheduler.trigger('Presale-Schedule-Schedule', new Date('2026-11-01T02:00:00Z'));
  running.stack.faults.set({ duplicate: false, crashBefore: 0, crashAfter: 0 });
  const [failure] = await found('kind=function&source=start-publication&state=open');

  expect(await post(`/platform/failures/${failure?.id}/replay`)).toMatchObject({ status: 202 });
  const started = async () => (await running.stack.machines.list({ limit: 100 })).executions.map(({ name }) => name);
  await expect.poll(started, patience).toContainEqual(expect.stringContaining('2026-11-01'));
});

test('an execution that is replayed with another input, and succeeds, puts its failure right', {
  timeout: 600_000,
}, async () => {
  const machine = running.stack.model.stateMachines.find(({ name }) => name === 'millrace-dev-presale-run');
  const stateMachineArn = machine?.arn ?? '';
  await running.stack.machines.start({ stateMachineArn, name: 'wrong', input: { publication_date: 'never' } });
  const [failure] = await found('kind=state-machine&source=run&state=open');
  const edited = { publication_date: '2026-11-01' };

  expect(await post(`/platform/failures/${failure?.id}/replay`, { input: edited, dry_run: true })).toMatchObject({
    status: 200,
    result: { state: 'open', replay: { input: JSON.stringify(edited) } },
  });
  await post(`/platform/failures/${failure?.id}/replay`, { input: edited });
  await expect
    .poll(() => get(`/platform/failures/${failure?.id}`), patience)
    .toMatchObject({
      state: 'resolved',
      input: '{"publication_date":"never"}',
      changed_by: `replay of ${failure?.id}`,
    });
});

test('an input above 32 KB goes back whole; one that its door never takes is told at once', {
  timeout: 600_000,
}, async () => {
  const text = '字'.repeat(20_000);
  await sqs.send(new SendMessageCommand({ QueueUrl: dead(), MessageBody: mail('large', text) }));
  const [large] = await found('source=send-mail&state=open');
  expect(await get(`/platform/failures/${large?.id}`)).toMatchObject({ input: null, input_key: expect.any(String) });
  await post(`/platform/failures/${large?.id}/replay`);
  await expect
    .poll(() => running.stack.services.mail.mails(), patience)
    .toContainEqual(expect.objectContaining({ subject: 'large', text: expect.stringContaining(text) }));

  // A queue takes a MiB with the attributes; the replay adds one.
  await sqs.send(new SendMessageCommand({ QueueUrl: dead(), MessageBody: mail('larger', 'x'.repeat(1_048_540)) }));
  const [larger] = await found('source=send-mail&state=open');
  await post(`/platform/failures/${larger?.id}/replay`);
  expect(await found('source=replay-failure')).toMatchObject([
    { reason: 'PermanentError', replay_of: larger?.id, message: expect.stringContaining('takes 1048576 at most') },
  ]);
});

test('many go back at a rate, each once, and the replay tells how far it is', { timeout: 600_000 }, async () => {
  for (let batch = 0; batch < 3; batch += 1) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({
      Id: String(index),
      MessageBody: mail(`bulk ${batch * 10 + index}`),
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: dead(), Entries }));
  }
  await found('kind=mail&state=open', 30);
  const wanted = { source: 'send-mail', limit: 30, rate: 10 };

  expect(await post('/platform/failures/replay', { ...wanted, dry_run: true })).toMatchObject({
    status: 200,
    result: { chosen: 30, seconds: 3, without_door: 0 },
  });
  const { status, result } = await post('/platform/failures/replay', wanted);
  expect({ status, result }).toMatchObject({ status: 202, result: { chosen: 30, state: 'running' } });
  await expect
    .poll(() => get(`/platform/replays/${result.id}`), patience)
    .toMatchObject({ state: 'done', sent: 30, waiting: 0, failed_again: 0 });
  const sent = async () => (await subjects()).filter((subject) => subject.startsWith('bulk '));
  await expect.poll(async () => new Set(await sent()).size, patience).toBe(30);
  expect(await sent()).toHaveLength(30);
});

test('a person puts right or gives up, one or many', { timeout: 600_000 }, async () => {
  for (const subject of ['one', 'two', 'three'])
    await sqs.send(new SendMessageCommand({ QueueUrl: dead(), MessageBody: mail(subject) }));
  const [one, two, three] = await found('source=send-mail&state=open', 3);

  expect(await post(`/platform/failures/${one?.id}/resolve`, { note: 'told by telephone' })).toMatchObject({
    status: 200,
  });
  expect(await post(`/platform/failures/${two?.id}/discard`)).toMatchObject({ status: 200 });
  expect(
    await post('/platform/failures/resolve', { source: 'send-mail', limit: 1, from: '2100-01-01T00:00:00Z' }),
  ).toMatchObject({
    result: { resolved: 0 },
  });
  expect(await get(`/platform/failures/${one?.id}`)).toMatchObject({ state: 'resolved', note: 'told by telephone' });
  expect(await found('source=send-mail&state=open')).toMatchObject([{ id: three?.id }]);
});
