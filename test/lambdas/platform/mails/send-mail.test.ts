import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Mail, startMail } from 'one-machine/services/mail.ts';
import { startStorage } from 'one-machine/services/storage.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { testCredentials, useLocalAws } from '../../../../packages/one-machine/test/support/aws.ts';
import batch from '../../../fixtures/events/sqs-batch.json' with { type: 'json' };
import { lambdaContext, printed } from '../../../support/lambda.ts';

let directory: string;
let service: Mail;
let storage: Awaited<ReturnType<typeof startStorage>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  service = await startMail({ credentials: [testCredentials], directory, identities: ['example.com'] });
  const settings = { visibilityTimeoutSeconds: 30, delaySeconds: 0, retentionSeconds: 3600, fifo: false };
  const queues = [{ ...settings, name: 'Failures', maximumMessageBytes: 1024 * 1024 }];
  storage = await startStorage({ credentials: [testCredentials], directory, buckets: [], queues });
  useLocalAws({
    AWS_ENDPOINT_URL_SQS: storage.sqsUrl,
    FAILURES_QUEUE_URL: storage.queueUrl('Failures'),
    QUEUE_ATTEMPTS: '20',
    AWS_ENDPOINT_URL_SES: service.url,
    AWS_MAX_ATTEMPTS: '1',
    MAIL_FROM: 'millrace@example.com',
    MAIL_TO: 'a@example.com, b@example.com',
    MAIL_CONFIGURATION_SET: 'Mails',
    RAW_BUCKET: 'raw',
  });
});

beforeEach(() => {
  printed();
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(async () => {
  await Promise.all([service.stop(), storage.stop()]);
  await rm(directory, { recursive: true, force: true });
});

async function deliver(...messages: object[]) {
  const { handler } = await import('../../../../lambdas/platform/mails/send-mail.handler.ts');
  const Records = messages.flatMap((message, index) =>
    batch.Records.slice(0, 1).map((record) => ({ ...record, messageId: `m-${index}`, body: JSON.stringify(message) })),
  );
  return handler({ Records }, lambdaContext());
}

test('a mail goes to whom it names, else to the recipients of the environment', async () => {
  await deliver({ subject: 'to all', text: 'x' });
  await deliver({ to: ['c@example.com'], subject: 'to one', text: 'x' });

  expect(await service.mails()).toMatchObject([
    { subject: 'to all', to: ['a@example.com', 'b@example.com'] },
    { subject: 'to one', to: ['c@example.com'] },
  ]);
});

test('a mail that is none is told to the ledger and taken, the others of its batch are sent', async () => {
  const before = (await service.mails()).length;
  const result = await deliver(
    { subject: '', text: 'no subject' },
    { subject: 'good', text: 'x' },
    { to: ['nobody'], subject: 'no address', text: 'x' },
  );

  expect(result).toEqual({ batchItemFailures: [] });
  expect((await service.mails()).slice(before).map(({ subject }) => subject)).toEqual(['good']);
  const told = new ReceiveMessageCommand({ QueueUrl: storage.queueUrl('Failures'), MaxNumberOfMessages: 10 });
  const { Messages = [] } = await new SQSClient({}).send(told);
  const bodies = Messages.map(({ Body = '' }) => Body).join();
  expect(bodies).toContain('no subject');
  expect(bodies).toContain('no address');
  expect(bodies).not.toContain('good');
});

test('while SES is away every mail goes back', async () => {
  service.refuse(3_600_000);
  const answer = await deliver({ subject: 'later', text: 'x' });
  service.refuse(0);

  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
});
