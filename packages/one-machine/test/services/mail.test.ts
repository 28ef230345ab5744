import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListIdentitiesCommand, SESClient, SendEmailCommand, SendRawEmailCommand } from '@aws-sdk/client-ses';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addressProblem, splitAddresses } from '../../src/services/mail/addresses.ts';
import { readAsked } from '../../src/services/mail/asked.ts';
import { limitOf } from '../../src/services/mail/limits.ts';
import { type Mail, startMail } from '../../src/services/mail.ts';
import { testCredentials } from '../support/aws.ts';

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
  directory = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
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

test('a mail without recipients is rejected', async () => {
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

describe('what SES limits', () => {
  const sendRaw = (lines: readonly string[], more: { Source?: string; Destinations?: string[] } = {}) =>
    ses.send(new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(lines.join('\r\n')) }, ...more }));
  const from = 'From: x@example.org';

  test('fifty recipients of all kinds are taken, and one more is not', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `r${index}@example.net`);
    await send('reports@example.com', many(50));

    await expect(send('reports@example.com', many(51))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: 'Recipient count exceeds 50.',
    });
    await expect(sendRaw([from, `To: ${many(51).join(', ')}`, '', 'x'])).rejects.toMatchObject({
      message: 'Recipient count exceeds 50.',
    });
    expect(await mail.mails()).toHaveLength(1);
  });

  test('a message above 10 MB is not taken by the first API', async () => {
    const body = `${'x'.repeat(998)}\r\n`.repeat(10_600);
    const tooLong = sendRaw([from, 'To: a@example.net', 'Subject: long', '', body]);

    await expect(tooLong).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringMatching(/^Message length is more than 10485760 bytes long: '106/),
    });
    expect(await inbox()).toEqual([]);
  });

  test.each<[string, string[], string]>([
    ['without a sender', ['To: a@example.net', '', 'x'], "Missing required header 'From'."],
    ['without a recipient', [from, 'Subject: s', '', 'x'], "Missing required header 'To'."],
    [
      'with two subjects',
      [from, 'To: a@example.net', 'Subject: s', 'subject: t', '', 'x'],
      "Duplicate header 'Subject'.",
    ],
    ['to no address', [from, 'To: a@example.net, b', '', 'x'], "Missing final '@domain'"],
    [
      'with a folded header to no address',
      [from, 'To: a@example.net,', ' b c@example.net', '', 'x'],
      'Local address contains control or whitespace',
    ],
  ])('a raw message %s is refused', async (_, lines, message) => {
    await expect(sendRaw(lines)).rejects.toMatchObject({ name: 'InvalidParameterValue', message });
  });

  test('a raw message goes to its envelope, and who is in no header is a blind recipient', async () => {
    const Destinations = ['a@example.net', 'blind@example.net'];
    await sendRaw(['Subject: s', 'To: "A, B" <a@example.net>, other@example.net', '', 'x'], {
      Source: 'x@example.org',
      Destinations,
    });

    expect(await mail.mails()).toMatchObject([{ to: ['"A, B" <a@example.net>'], cc: [], bcc: ['blind@example.net'] }]);
  });

  test('the second API takes four times as much, and calls a refusal by its own name', () => {
    const asked = (megabytes: number) => {
      const Data = Buffer.alloc(megabytes * 1024 * 1024, `${from}\r\nTo: a@example.net\r\n\r\n`).toString('base64');
      const body = Buffer.from(JSON.stringify({ Content: { Raw: { Data } } }));
      const read = readAsked('/v2/email/outbound-emails', new URLSearchParams(), body);
      return read && limitOf(read, body.length);
    };

    expect(asked(11)).toBeUndefined();
    expect(asked(41)).toMatchObject({
      code: 'BadRequestException',
      message: expect.stringMatching(/^Message length is more than 41943040/),
    });
  });
});

describe('an address is', () => {
  test.each([
    'a@example.net',
    'A B <a@example.net>',
    '"B, A" <a@example.net>',
    '"odd local"@example.net',
    "o'neill+tag@sub.example.net",
    'a@桃園.example',
  ])('whole: %s', (address) => {
    expect(addressProblem(address)).toBeUndefined();
  });

  test.each([
    ['', 'Empty address'],
    ['a', "Missing final '@domain'"],
    ['@example.net', 'Missing local name'],
    ['a@', 'Missing domain'],
    ['a b@example.net', 'Local address contains control or whitespace'],
    ['A <a @example.net>', 'Local address contains control or whitespace'],
    ['B, A <a@example.net>', 'Illegal address'],
    ['A <a@example.net', 'Illegal address'],
    ['.a@example.net', 'Local address starts with dot'],
    ['a..b@example.net', 'Local address contains dot-dot'],
    ['a.@example.net', 'Local address ends with dot'],
    ['a(b)@example.net', 'Local address contains illegal character'],
    ['桃園@example.net', 'Local address contains illegal character'],
    ['a@exa mple.net', 'Domain contains control or whitespace'],
    ['a@exam_ple.net', 'Domain contains illegal character'],
    ['a@b@example.net', 'Domain contains illegal character'],
    ['a@.example.net', 'Domain starts with dot'],
    ['a@example..net', 'Domain contains dot-dot'],
    ['a@example.net.', 'Domain ends with dot'],
  ])('broken: %s', (address, problem) => {
    expect(addressProblem(address)).toBe(problem);
  });

  test('one of a list, whatever stands in quotes', () => {
    expect(splitAddresses('a@b.c, "D, E" <d@e.f>,, (g, h) g@h.i')).toEqual(['a@b.c', '"D, E" <d@e.f>', '(g, h) g@h.i']);
  });
});
