import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { region } from 'one-machine/region.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectLoaded, type Flow, startFlow } from '../../flows/flow.ts';
import { goodCells } from '../../flows/good-cells.ts';

/** Every message, event, slot and task is delivered twice, from the first to the last; what it does, it does once. */

const date = '2026-06-01';
const letters = ['F', 'W'];
const mailsDead = 'millrace-dev-platform-send-mail-dead';
let flow: Flow;
let sqs: SQSClient;

beforeAll(async () => {
  flow = await startFlow({ PRESALE_COUNTIES: letters.join(','), PRESALE_RETRY_SECONDS: '1' });
  sqs = new SQSClient({
    region,
    credentials: flow.running.stack.services.credentials,
    endpoint: flow.running.stack.services.storage.sqsUrl,
  });
  flow.running.stack.faults.set({ duplicate: true });
  flow.site.setToday(date);
  await flow.running.stack.wiring.scheduler.trigger('Presale-Schedule-Schedule', new Date(`${date}T02:00:00Z`));
  expect(await flow.ended(`publication-${date}`), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
}, 600_000);

afterAll(async () => {
  sqs?.destroy();
  await flow?.stop();
});

const patience = { timeout: 300_000, interval: 200 };

/** Nothing waits in any queue and nothing is being worked on: what was to come has come. */
async function quiet(): Promise<void> {
  const waiting = async () => {
    const asked = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const counts = flow.running.stack.model.queues.map(async ({ name }) => {
      const QueueUrl = flow.running.stack.services.storage.queueUrl(name);
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...asked] }),
      );
      return asked.reduce((sum, attribute) => sum + Number(Attributes[attribute]), 0);
    });
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  };
  await expect.poll(waiting, { timeout: 300_000, interval: 500 }).toBe(0);
}

async function mailsAbout(words: string): Promise<number> {
  return (await flow.running.stack.services.mail.mails()).filter(({ subject }) => subject.includes(words)).length;
}

test('a slot is one run, and a run is in once', async () => {
  for (const letter of letters) {
    const key = `presale/raw/${date}/${letter}.csv`;
    await expectLoaded(flow, key, await flow.published(letter));
    expect(await flow.stored(key)).toEqual(await flow.published(letter));
  }
  expect(await flow.rows('select name from local.executions')).toEqual([{ name: `publication-${date}` }]);
  expect(await flow.rows("select name, state, lost::int from platform.runs where workload = 'presale'")).toEqual([
    { name: date, state: 'succeeded', lost: 0 },
  ]);
});

test('its report is one mail', { timeout: 600_000 }, async () => {
  await expect.poll(() => mailsAbout(`Pre-sale deals ${date}`), patience).toBeGreaterThan(0);
  await quiet();

  expect(await mailsAbout(`Pre-sale deals ${date}`)).toBe(1);
});

test('each problem row is one failure', async () => {
  const [problems] = await flow.rows<{ count: number }>('select count(*)::int from presale.problems');
  const failures = await flow.rows("select count(*)::int from platform.failures where source_kind = 'file'");

  expect(problems?.count).toBeGreaterThan(0);
  expect(failures).toEqual([problems]);
});

test('a corrected file is one correction for each row, and resolves its failures', { timeout: 600_000 }, async () => {
  const rows = JSON.parse(String(await flow.stored(`presale/problems/${date}/F.json`))) as Record<string, unknown>[];
  const fixed = rows.map((row, index) => ({ ...row, ...goodCells, 編號: `RPTWICE0000${index}` }));
  const s3 = new S3Client({
    region,
    credentials: flow.running.stack.services.credentials,
    endpoint: flow.running.stack.services.storage.s3Url,
  });
  const Key = `presale/corrected/${date}/F.json`;
  await s3.send(new PutObjectCommand({ Bucket: 'millrace-raw-bucket', Key, Body: JSON.stringify(fixed) }));
  const counted = async (statement: string) => (await flow.rows<{ count: number }>(statement))[0]?.count;

  await expect
    .poll(() => counted("select count(*)::int from presale.deals where serial_number like 'RPTWICE%'"), patience)
    .toBe(rows.length);
  await quiet();
  expect(await counted('select count(*)::int from presale.corrections')).toBe(rows.length);
  expect(
    await counted("select count(*)::int from platform.failures where source_kind = 'file' and state = 'resolved'"),
  ).toBe(rows.length);
  expect(await counted("select count(*)::int from platform.failures where source_kind <> 'file'")).toBe(0);
});

test('a dead letter is one failure, and its replay does its work once', { timeout: 600_000 }, async () => {
  const MessageBody = JSON.stringify({ id: 'twice', subject: 'once', text: '文字' });
  const QueueUrl = flow.running.stack.services.storage.queueUrl(mailsDead);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const failures = () =>
    flow.rows<{ id: number; state: string }>("select id, state from platform.failures where source_name = 'send-mail'");
  await expect.poll(failures, patience).toMatchObject([{ state: 'open' }]);

  const [{ id } = { id: 0 }] = await failures();
  const replay = () => flow.ask(`/platform/failures/${id}/replay`, { method: 'POST', body: '{}' });
  const answers = await Promise.all([replay(), replay()]);
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
  await expect.poll(() => mailsAbout('once'), patience).toBe(1);
  await quiet();
  expect(await mailsAbout('once')).toBe(1);
  expect(await failures()).toMatchObject([{ id, state: expect.stringMatching(/replayed|resolved/) }]);
});

test('a replayed execution is one execution', { timeout: 600_000 }, async () => {
  const { stateMachines } = flow.running.stack.model;
  const run = stateMachines.find(({ definition }) => definition.includes('Plan the run'));
  await flow.running.stack.machines.start({
    stateMachineArn: run?.arn ?? '',
    name: 'wrong',
    input: { season: 'never' },
  });
  const failures = () =>
    flow.rows<{ id: number; state: string; replay_of: number | null }>(
      "select id::int, state, replay_of::int from platform.failures where source_kind = 'state-machine' order by id",
    );
  await expect.poll(failures, patience).toMatchObject([{ state: 'open' }]);

  const [{ id } = { id: 0 }] = await failures();
  expect(await flow.ask(`/platform/failures/${id}/replay`, { method: 'POST', body: '{}' })).toMatchObject({
    status: 202,
  });
  // It fails again: a new row that names the first.
  await expect.poll(failures, patience).toMatchObject([{ state: 'replayed' }, { state: 'open', replay_of: id }]);
  await quiet();
  expect(await failures()).toHaveLength(2);
  expect(await flow.rows("select name from local.executions where name like 'replay%'")).toHaveLength(1);
});
