import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { region } from 'one-machine/region.ts';
import type { SentMail } from 'one-machine/services/mail.ts';
import pg from 'pg';
import { test } from 'vitest';
import { openDatabase } from '#adapters/database.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { wakeAlerts, wakingWorkloads } from '#record/alert-book.ts';
import { recordFailures } from '#record/failure-ledger.ts';
import { useLocalAws } from '../../packages/one-machine/test/support/aws.ts';
import batch from '../fixtures/events/sqs-batch.json' with { type: 'json' };
import { startFlow } from '../flows/flow.ts';
import { counted, lengths } from '../support/lengths.ts';
import { askConsole, type StackProcess, startStackProcess } from '../support/stack-process.ts';

/**
 * Alert mails with the real minute between a failure and its mail, and with kills between claim and sending. Both tests
 * mostly wait, each with a stack of its own: they do so side by side.
 */

const alerts = (mails: readonly SentMail[]) => mails.filter(({ subject }) => subject.startsWith('[millrace-dev]'));
const patience = { timeout: 10 * 60_000, interval: 500 };

const failure = (workload: string, number: number): NewFailure => ({
  naturalKey: `${workload}:${number}`,
  workload,
  sourceKind: 'queue',
  sourceName: 'load-county',
  door: undefined,
  reason: number % 2 === 0 ? 'Even' : 'Odd',
  message: `Record ${number} is wrong.`,
  stack: undefined,
  input: JSON.stringify({ number }),
  attributes: {},
  occurredAt: new Date(),
  attempts: 1,
  replayOf: undefined,
});

const failures = lengths.alertFailures;

test.concurrent(`${counted(failures)} failures at once are one mail; what comes after it waits a minute, and for SES`, async ({
  expect,
}) => {
  const flow = await startFlow({ PRESALE_COUNTIES: 'W' });
  const { stack } = flow.running;
  const database = openDatabase({ url: stack.services.postgres.url('millrace_app', 'millrace') });
  useLocalAws({ AWS_ENDPOINT_URL_SQS: stack.services.storage.sqsUrl }, stack.services.credentials);
  const wake = wakeAlerts(stack.services.storage.queueUrl('millrace-dev-platform-send-alerts.fifo'));
  /** As whoever finds failures does: write a thousand, then wake. */
  const fail = async (workload: string, first: number, count: number) => {
    for (let start = first; start < first + count; start += 1000) {
      const many = Array.from({ length: Math.min(1000, first + count - start) }, (_, index) =>
        failure(workload, start + index),
      );
      await recordFailures(database.query, many);
      await wake(wakingWorkloads(many));
    }
  };
  const told = async (workload: string) =>
    alerts(await stack.services.mail.mails()).filter(({ subject }) => subject.includes(` ${workload}: `));
  try {
    await fail('tagger', 0, 7);
    await fail('presale', 0, failures);
    await expect.poll(() => told('presale'), patience).toHaveLength(1);
    await expect.poll(() => told('tagger'), patience).toHaveLength(1);
    expect((await told('presale'))[0]?.subject).toBe(`[millrace-dev] medium: presale: ${counted(failures)} failures`);
    expect((await told('presale'))[0]?.text).toContain(`MEDIUM  Even in load-county\n  ${counted(failures / 2)} times`);
    expect((await told('tagger'))[0]?.subject).toBe('[millrace-dev] medium: tagger: 7 failures');

    stack.refuse('ses', lengths.sesRefusedMs);
    await fail('presale', failures, 5);
    await expect.poll(() => told('presale'), patience).toHaveLength(2);
    expect((await told('presale'))[1]?.subject).toBe('[millrace-dev] medium: presale: 5 failures');

    const claims = await flow.rows<{ workload: string; seconds: number | null }>(`
      select workload, extract(epoch from claimed_at - lag(claimed_at) over (partition by workload order by claimed_at))
        ::float8 as seconds from platform.alert_mails order by workload, claimed_at`);
    expect(claims).toEqual([
      { workload: 'presale', seconds: null },
      { workload: 'presale', seconds: expect.any(Number) },
      { workload: 'tagger', seconds: null },
    ]);
    expect(claims[1]?.seconds).toBeGreaterThanOrEqual(60);
    expect(await flow.rows('select 1 from platform.failures where told_in is null')).toEqual([]);
  } finally {
    await database.close();
    await flow.stop();
  }
});

/** What a test needs of a stack that is killed and started again. */
async function reach(stack: StackProcess) {
  const { sqs: endpoint } = await askConsole<{ sqs: string }>(stack, '/stack');
  const { credentials, databaseUrl: database } = stack;
  return {
    sqs: new SQSClient({ region, credentials, endpoint }),
    queueUrl: (name: string) => `${endpoint}/000000000000/millrace-dev-${name}`,
    mails: async () => alerts(await askConsole<SentMail[]>(stack, '/mails')),
    async rows<T>(statement: string): Promise<T[]> {
      const client = new pg.Client({ connectionString: database });
      await client.connect();
      try {
        return (await client.query(statement)).rows as T[];
      } finally {
        await client.end();
      }
    },
  };
}

test.concurrent('a SIGKILL between a claim and its mail neither loses nor doubles the mail', async ({ expect }) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  let stack = await startStackProcess(directory);
  try {
    const before = await reach(stack);
    const QueueUrl = before.queueUrl('presale-load-corrections-dead');
    await before.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"never":"right"}' }));
    await expect.poll(() => before.rows('select 1 from platform.failures'), patience).toHaveLength(1);

    // The claim commits, and the queue of mails takes nothing.
    await askConsole(stack, '/refuse', { service: 'sqs', seconds: 60 });
    const Records = batch.Records.slice(0, 1).map((one) => ({ ...one, body: '{"workload":"presale"}' }));
    const called = await askConsole(stack, '/invoke', { function: 'platform/send-alerts', event: { Records } });
    expect(called).toMatchObject({ ok: true, payload: { batchItemFailures: [{}] } });
    expect(await before.rows('select workload, handed_over_at from platform.alert_mails')).toEqual([
      { workload: 'presale', handed_over_at: null },
    ]);
    await stack.kill();

    stack = await startStackProcess(directory);
    const after = await reach(stack);
    expect(await after.mails()).toEqual([]);
    await expect.poll(after.mails, patience).toHaveLength(1);
    await expect
      .poll(async () => {
        const command = { QueueUrl: after.queueUrl('platform-send-alerts.fifo'), AttributeNames: ['All' as const] };
        const { Attributes = {} } = await after.sqs.send(new GetQueueAttributesCommand(command));
        const { ApproximateNumberOfMessages: ready, ApproximateNumberOfMessagesDelayed: asleep } = Attributes;
        return [ready, asleep, Attributes.ApproximateNumberOfMessagesNotVisible];
      }, patience)
      .toEqual(['0', '0', '0']);

    expect(await after.mails()).toMatchObject([
      { subject: '[millrace-dev] medium: presale: RetriesExhausted in load-corrections' },
    ]);
    expect(await after.rows('select 1 from platform.alert_mails where handed_over_at is null')).toEqual([]);
  } finally {
    await stack.kill();
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
  }
});
