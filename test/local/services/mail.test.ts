import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListIdentitiesCommand, SESClient, SendEmailCommand, SendRawEmailCommand } from '@aws-sdk/client-ses';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Mail, startMail } from '../../../local/services/mail.ts';
import { testCredentials } from '../../support/aws.ts';

let directory: string;
let mail: Mail;
let ses: SESClient;

async function start(): Promise<void> {
  mail = await startMail({
    credentials: [testCredentials],
    directory,
    identities: ['reports@example.com', 'example.org'],
  });
  const credentials = testCredentials;
  ses = new SESClient({ endpoint: mail.url, region: 'us-east-1', credentials, maxAttempts: 1 });
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  await start();
});

afterEach(async () => {
  ses.destroy();
  await mail.stop();
  await rm(directory, { recursive: true, force: true });
});

function send(Source: string, ToAddresses = ['a@example.net', 'b@example.net']) {
  const Message = {
    Subject: { Data: '預售屋 <2022-09-11> & more' },
    Body: { Text: { Data: 'text' }, Html: { Data: '<p>雙北</p>' } },
  };
  return ses.send(new SendEmailCommand({ Source, Destination: { ToAddresses }, Message }));
}

async function inbox(): Promise<{ subject: string; destination: { to: string[] } }[]> {
  const answer = await fetch(`${mail.inboxUrl}store`);
  return ((await answer.json()) as { emails: { subject: string; destination: { to: string[] } }[] }).emails;
}

test('a mail is kept with all its recipients and shown in the inbox', async () => {
  const { MessageId } = await send('Reports <reports@example.com>');
  const [sent] = await mail.mails();
  const files = (await readdir(directory)).map((name) => name.split('.').at(-1));
  const page = await (await fetch(mail.inboxUrl)).text();

  expect(sent).toMatchObject({
    id: MessageId,
    from: 'Reports <reports@example.com>',
    to: ['a@example.net', 'b@example.net'],
    subject: '預售屋 <2022-09-11> & more',
    text: 'text',
    html: '<p>雙北</p>',
  });
  expect(files.sort()).toEqual(['eml', 'json']);
  expect((await inbox())[0]?.destination.to).toEqual(['a@example.net', 'b@example.net']);
  expect(page).toContain('<html');
});

test('a raw mail is kept, with its file readable by a mail program', async () => {
  const raw = 'From: x@example.org\r\nTo: a@example.net\r\nSubject: raw\r\n\r\nhello\r\n';
  await ses.send(new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(raw) } }));
  const name = (await readdir(directory)).find((file) => file.endsWith('.eml')) ?? '';

  expect((await mail.mails()).map(({ subject, to }) => ({ subject, to }))).toEqual([
    { subject: 'raw', to: ['a@example.net'] },
  ]);
  expect(await readFile(join(directory, name), 'utf8')).toContain('Subject: raw');
});

test('a sender that is not verified is rejected, as SES does', async () => {
  await expect(send('else@example.com')).rejects.toMatchObject({ name: 'MessageRejected' });
  await expect(send('x@evil-example.org')).rejects.toMatchObject({ name: 'MessageRejected' });

  expect(await mail.mails()).toEqual([]);
  expect(await inbox()).toEqual([]);
});

test('a mail to nobody is rejected', async () => {
  await expect(send('reports@example.com', [])).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

test('the inbox is the same after a restart', async () => {
  await send('reports@example.com');
  await mail.stop();
  ses.destroy();
  await start();

  expect((await inbox()).map(({ subject }) => subject)).toEqual(['預售屋 <2022-09-11> & more']);
  expect(await mail.mails()).toHaveLength(1);
});

test('what is not supported says its name', async () => {
  const listing = ses.send(new ListIdentitiesCommand({}));

  await expect(listing).rejects.toMatchObject({ message: /^ListIdentities/, $metadata: { httpStatusCode: 501 } });
});

test('mail that is refused for a while goes through afterwards', async () => {
  mail.refuse(300);
  await expect(send('reports@example.com')).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  await sleep(350);

  await send('reports@example.com');
});
