import { GetQueueAttributesCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { region } from 'one-machine/region.ts';
import type { SentMail } from 'one-machine/services/mail.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import change from '../../fixtures/events/alarm-state-change.json' with { type: 'json' };
import batch from '../../fixtures/events/sqs-batch.json' with { type: 'json' };
import { type Flow, startFlow } from '../../flows/flow.ts';

/**
 * From what failed to the mail in the inbox. Here the mailer's wakes are only counted, and the mailer is called beside
 * them: they sleep for a minute. test/long/alerts.test.ts waits for them.
 */

let flow: Flow;
let sqs: SQSClient;

beforeAll(async () => {
  flow = await startFlow({ PRESALE_COUNTIES: 'W' });
  sqs = new SQSClient({
    region,
    credentials: flow.running.stack.services.credentials,
    endpoint: flow.running.stack.services.storage.sqsUrl,
  });
});

afterAll(async () => {
  sqs?.destroy();
  await flow?.stop();
});

const queueUrl = (name: string) => flow.running.stack.services.storage.queueUrl(`millrace-dev-${name}`);
const mails = () => flow.running.stack.services.mail.mails();

async function alertMails(): Promise<SentMail[]> {
  return (await mails()).filter(({ subject }) => subject.startsWith('[millrace-dev]'));
}

/** Puts messages where the redrive puts what kept failing: its tries take a quarter of an hour. */
async function bury(edge: string, count: number): Promise<void> {
  const QueueUrl = queueUrl(`${edge}-dead`);
  for (let start = 0; start < count; start += 10) {
    const Entries = Array.from({ length: Math.min(10, count - start) }, (_, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify({ subject: 'x', number: start + index }),
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}

const recorded = async (workload: string) =>
  (await flow.rows('select 1 from platform.failures where workload = $1', workload)).length;

const asleep = async () => {
  const AttributeNames = ['ApproximateNumberOfMessagesDelayed' as const];
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl('platform-send-alerts.fifo'), AttributeNames });
  return Number((await sqs.send(command)).Attributes?.ApproximateNumberOfMessagesDelayed);
};

/** Calls the mailer as its queue would after the minute. */
async function wake(workload: string): Promise<unknown> {
  const { functions, model } = flow.running.stack;
  const mailer = model.functions.find(({ handler }) => handler === 'platform/send-alerts');
  const Records = batch.Records.slice(0, 1).map((record) => ({ ...record, body: JSON.stringify({ workload }) }));
  const invocation = await functions.invoke(mailer?.arn ?? '', { Records });
  return invocation.ok ? invocation.payload : invocation;
}

const done = { batchItemFailures: [] };
const patience = { timeout: 300_000, interval: 200 };

test('an alarm is mailed past a database that is away, and its mail says what to do', {
  timeout: 600_000,
}, async () => {
  await flow.pool.query('ALTER ROLE millrace_app NOLOGIN');
  await flow.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'millrace_app'`);
  const detail = { ...change.detail, alarmName: 'millrace-dev-presale-load-county-fails' };
  await flow.running.stack.wiring.publish({ ...change, id: 'away', detail });
  await expect.poll(alertMails, { timeout: 300_000, interval: 200 }).toHaveLength(1);
  await flow.pool.query('ALTER ROLE millrace_app LOGIN');

  const [mail] = await alertMails();
  expect(mail).toMatchObject({
    subject: '[millrace-dev] medium: presale: presale-load-county-fails',
    to: ['developers@example.com'],
    text: expect.stringMatching(/One county’s newest deals[\s\S]*Runbook: docs\/runbook.md#presale-load-county-fails/),
  });
});

test('failures of one workload are one mail that leads to them, and failed mails ride along', async () => {
  await bury('presale-load-corrections', 40);
  await bury('platform-send-mail', 3);
  await expect.poll(() => recorded('presale'), patience).toBe(40);
  await expect.poll(() => recorded('platform'), patience).toBe(3);
  // However many batches recorded them: presale's alone, one for each half minute that they came in.
  await expect.poll(asleep, patience).toBeGreaterThan(0);
  expect(await asleep()).toBeLessThan(40);

  expect(await wake('platform')).toEqual(done);
  expect(await wake('presale')).toEqual(done);
  expect(await wake('presale')).toEqual(done);

  await expect.poll(alertMails, patience).toHaveLength(2);
  const told = (await alertMails())[1];
  expect(told?.subject).toBe('[millrace-dev] high: presale: 43 failures');
  const api = flow.running.stack.wiring.api?.url.replace(/\/$/, '');
  const query = 'workload=presale&source=load-corrections&reason=RetriesExhausted&state=open';
  expect(told?.text).toContain(`Ledger: ${api}/platform/failures?${query}`);
  expect(told?.text).toContain('HIGH  RetriesExhausted in platform/send-mail');
  expect(told?.html).toContain(`<a href="${api}/platform/failures?${query.replaceAll('&', '&amp;')}"`);
  expect((await flow.ask(`/platform/failures?${query}`)).body).toMatchObject({ result: { total: 40 } });
}, 600_000);

test('a second burst makes no mail before the minute is over, and nothing is dropped', {
  timeout: 600_000,
}, async () => {
  const sleeping = await asleep();
  await bury('presale-load-corrections', 5);
  await expect.poll(() => recorded('presale'), patience).toBe(45);

  expect(await wake('presale')).toEqual(done);
  expect(await alertMails()).toHaveLength(2);
  expect(await asleep()).toBeGreaterThanOrEqual(Math.max(1, sleeping));
  const untold = await flow.rows(`select 1 from platform.failures where workload = 'presale' and told_in is null`);
  expect(untold).toHaveLength(5);
});

test('alarms that the database can take are told like failures, and so is their end', {
  timeout: 600_000,
}, async () => {
  const alarmName = 'millrace-dev-api-answers-errors';
  const configuration = {
    description: 'People get errors.\nSeverity: high\nRunbook: docs/runbook.md#api-answers-errors',
  };
  const about = { ...change.detail, alarmName, configuration };
  const ended = { ...about, previousState: { value: 'ALARM' }, state: { value: 'OK', reason: 'No errors.' } };
  const { publish } = flow.running.stack.wiring;
  await publish({ ...change, id: 'up', detail: about });
  await publish({ ...change, id: 'over', detail: ended });
  // A new alarm is OK at once: that is no news. Neither is another environment's alarm.
  await publish({ ...change, id: 'new', detail: { ...ended, previousState: { value: 'INSUFFICIENT_DATA' } } });
  await publish({ ...change, id: 'other', detail: { ...about, alarmName: 'millrace-prod-api-answers-errors' } });
  const raised = () => flow.rows<{ natural_key: string }>('select natural_key from platform.alerts order by id');
  await expect.poll(raised, { timeout: 300_000, interval: 200 }).toHaveLength(2);

  expect(await wake('api')).toEqual(done);
  await expect.poll(alertMails, patience).toHaveLength(3);
  expect((await alertMails())[2]).toMatchObject({
    subject: '[millrace-dev] high: api: api-answers-errors (2 times)',
    text: expect.stringMatching(/- People get errors. Threshold Crossed[^\n]*\n {2}- Over: People get errors\./),
  });
});

test('a mail that comes twice under one id is sent once', { timeout: 600_000 }, async () => {
  const message = { id: 'test/twice', subject: 'twice', text: 'x' };
  const send = () =>
    sqs.send(
      new SendMessageCommand({ QueueUrl: queueUrl('platform-send-mail'), MessageBody: JSON.stringify(message) }),
    );
  const twice = async () => (await mails()).filter(({ subject }) => subject === 'twice');
  await send();
  await expect.poll(twice, patience).toHaveLength(1);
  await send();
  await send();
  await expect
    .poll(async () => {
      const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const command = { QueueUrl: queueUrl('platform-send-mail'), AttributeNames: [...AttributeNames] };
      return (await sqs.send(new GetQueueAttributesCommand(command))).Attributes;
    }, patience)
    .toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' });

  expect(await twice()).toHaveLength(1);
});
