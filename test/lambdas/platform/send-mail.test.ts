import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Mail, startMail } from '../../../local/services/mail.ts';
import batch from '../../fixtures/events/sqs-batch.json' with { type: 'json' };
import { useLocalAws } from '../../support/aws.ts';
import { lambdaContext, printed } from '../../support/lambda.ts';

let directory: string;
let service: Mail;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  service = await startMail({ directory, identities: ['example.com'] });
  useLocalAws({
    AWS_ENDPOINT_URL_SES: service.url,
    AWS_MAX_ATTEMPTS: '1',
    MAIL_FROM: 'millrace@example.com',
    MAIL_TO: 'a@example.com, b@example.com',
    MAIL_CONFIGURATION_SET: 'Mails',
    RECEIPTS_BUCKET: 'raw',
  });
});

beforeEach(() => {
  printed();
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(async () => {
  await service.stop();
  await rm(directory, { recursive: true, force: true });
});

async function deliver(...messages: object[]) {
  const { handler } = await import('../../../lambdas/platform/send-mail.handler.ts');
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

test('a mail that is none goes back, the others of its batch are sent', async () => {
  const before = (await service.mails()).length;
  const result = await deliver(
    { subject: '', text: 'no subject' },
    { subject: 'good', text: 'x' },
    { to: ['nobody'], subject: 'no address', text: 'x' },
  );

  expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }, { itemIdentifier: 'm-2' }] });
  expect((await service.mails()).slice(before).map(({ subject }) => subject)).toEqual(['good']);
});

test('while SES is away every mail goes back', async () => {
  service.refuse(300);

  expect(await deliver({ subject: 'later', text: 'x' })).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
});
