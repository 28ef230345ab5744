import { expect, test } from 'vitest';
import { type SendOncePorts, sendOnce } from '../../../lambdas/platform/mails/send-once.ts';

const mail = { id: 'presale/12:00', subject: 'once', text: 'x' };

function ports(changes: Partial<SendOncePorts['receipts']> = {}) {
  const sent: string[] = [];
  const warnings: string[] = [];
  const kept = new Set<string>();
  const receipts = {
    exists: async (key: string) => kept.has(key),
    put: async (key: string) => void kept.add(key),
    ...changes,
  };
  const send: SendOncePorts['send'] = async ({ subject, to }) => void sent.push(`${subject} to ${to}`);
  const warn = (message: string) => void warnings.push(message);
  return { sent, warnings, kept, send, warn, receipts, recipients: ['all@example.com'] };
}

test('a mail that comes twice under one id is sent once', async () => {
  const once = ports();

  expect([await sendOnce(mail, once), await sendOnce(mail, once)]).toEqual(['sent', 'known']);
  expect(once.sent).toEqual(['once to all@example.com']);
  expect([...once.kept]).toEqual(['platform/mails/presale/12:00']);
});

test('mails without an id are sent as often as they come', async () => {
  const always = ports();
  await sendOnce({ subject: 'a', text: 'x' }, always);
  await sendOnce({ subject: 'a', text: 'x' }, always);

  expect(always.sent).toHaveLength(2);
  expect(always.kept.size).toBe(0);
});

test('a mail that SES refused has no receipt, and is sent by the next try', async () => {
  const refused = ports();
  const refusing = { ...refused, send: () => Promise.reject(new Error('503')) };
  await expect(sendOnce(mail, refusing)).rejects.toThrow('503');

  expect(await sendOnce(mail, refused)).toBe('sent');
});

test('a bucket that is away stops no mail', async () => {
  const away = () => Promise.reject(new Error('S3 is away'));
  const without = ports({ exists: away, put: away });

  expect(await sendOnce(mail, without)).toBe('sent');
  expect(without.sent).toHaveLength(1);
  expect(without.warnings).toHaveLength(2);
});
