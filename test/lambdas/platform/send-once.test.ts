import { expect, test } from 'vitest';
import { type SendOncePorts, sendOnce } from '../../../lambdas/platform/mails/send-once.ts';

const mail = { id: 'presale/12:00', subject: 'once', text: 'x' };

function ports(changes: Partial<SendOncePorts['receipts']> = {}) {
  const sent: string[] = [];
  const warnings: string[] = [];
  const kept = new Map<string, string>();
  const receipts = {
    exists: async (key: string) => kept.has(key),
    put: async (key: string, body: string) => void kept.set(key, body),
    putNew: async (key: string, body: string) => !kept.has(key) && Boolean(kept.set(key, body)),
    readText: async (key: string) => kept.get(key) ?? '',
    ...changes,
  };
  const clock = () => new Date('2026-11-21T02:01:00Z');
  const send: SendOncePorts['send'] = async ({ subject, to }) => void sent.push(`${subject} to ${to}`);
  const warn = (message: string) => void warnings.push(message);
  return { sent, warnings, kept, send, warn, receipts, clock, recipients: ['all@example.com'] };
}

test('a mail that comes twice under one id is sent once', async () => {
  const once = ports();

  expect([await sendOnce(mail, once), await sendOnce(mail, once)]).toEqual(['sent', 'known']);
  expect(once.sent).toEqual(['once to all@example.com']);
  expect([...once.kept.keys()]).toContain('platform/mails/presale/12:00');
});

test('a mail that two invocations get at once is sent by one of them', async () => {
  const once = ports();

  expect((await Promise.all([sendOnce(mail, once), sendOnce(mail, once)])).sort()).toEqual(['known', 'sent']);
  expect(once.sent).toHaveLength(1);
});

test('a mail that another invocation has just claimed comes again, one whose claimer died is sent', {
  timeout: 600_000,
}, async () => {
  const claim = 'platform/mails/presale/12:00.claim';
  const busy = ports();
  busy.kept.set(claim, '2026-11-21T02:00:30Z');
  await expect(sendOnce(mail, busy)).rejects.toThrow('Another invocation is sending this mail');
  expect(busy.sent).toEqual([]);

  busy.kept.set(claim, '2026-11-21T01:59:59Z');
  expect(await sendOnce(mail, busy)).toBe('sent');
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
  const without = ports({ exists: away, put: away, putNew: away });

  expect(await sendOnce(mail, without)).toBe('sent');
  expect(without.sent).toHaveLength(1);
  expect(without.warnings).toHaveLength(2);
});
