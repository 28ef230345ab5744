import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mail, startMail } from 'one-machine/services/mail.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mailer } from '#adapters/mailer.ts';
import { testCredentials, useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';

let directory: string;
let service: Mail;
const send = mailer({ from: 'millrace@example.com', configurationSet: 'Mails' });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  service = await startMail({ credentials: [testCredentials], directory, identities: ['example.com'] });
  useLocalAws({ AWS_ENDPOINT_URL_SES: service.url });
});

afterAll(async () => {
  await service.stop();
  await rm(directory, { recursive: true, force: true });
});

test('a mail arrives with its words as they were, in text and HTML', async () => {
  const to = ['a@example.com', 'b@example.com'];
  await send({ to, subject: '預售屋 2022-09-11', text: '共 3 筆\n', html: '<p>共 3 筆</p>' });
  await send({ to: ['a@example.com'], subject: 'plain', text: 'only text' });

  expect(await service.mails()).toMatchObject([
    { from: 'millrace@example.com', to, subject: '預售屋 2022-09-11', text: '共 3 筆\n', html: '<p>共 3 筆</p>' },
    { to: ['a@example.com'], subject: 'plain', text: 'only text' },
  ]);
  expect((await service.mails())[1]?.html).toBeUndefined();
});

test('a mail that SES refuses is an error, so that its message goes back to the queue', async () => {
  const stranger = mailer({ from: 'somebody@elsewhere.example', configurationSet: 'Mails' });

  await expect(stranger({ to: ['a@example.com'], subject: 's', text: 't' })).rejects.toThrow(/not verified/);
});
