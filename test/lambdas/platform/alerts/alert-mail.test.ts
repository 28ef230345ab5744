import { expect, test } from 'vitest';
import { alertMail } from '../../../../lambdas/platform/alerts/alert-mail.ts';
import type { Claimed, FailureGroup } from '../../../../lambdas/platform/alerts/claimed.ts';
import { mailMessage } from '../../../../lambdas/platform/contract.ts';
import { settings } from './settings.ts';

const at = (time: string) => new Date(`2026-11-21T${time}Z`);

const group = (changes: Partial<FailureGroup> = {}): FailureGroup => ({
  workload: 'presale',
  source_name: 'load-county',
  reason: 'UnavailableError',
  count: 2,
  first_at: at('12:00:01'),
  last_at: at('12:00:58'),
  examples: [
    { id: 7, message: 'The database is away' },
    { id: 8, message: 'The database\nis away' },
  ],
  ...changes,
});

const claimed = (changes: Partial<Claimed> = {}): Claimed => ({
  workload: 'presale',
  failures: 2,
  failureGroups: [group()],
  alertGroups: [],
  ...changes,
});

test('a mail says what, how often, when, examples, and where to go on', () => {
  expect(alertMail(claimed(), 'presale/1', settings).text).toBe(`MEDIUM  UnavailableError in load-county
  2 times, from 2026-11-21 12:00:01 to 12:00:58 UTC
  - 7: The database is away
  - 8: The database is away
  Ledger: https://api.example.com/platform/failures?workload=presale&source=load-county&reason=UnavailableError&state=open
  Runbook: https://example.com/runbook.md#presale-load-county-fails
`);
});

test('an unrated source is medium and leads to the section of the ledger', () => {
  const { text } = alertMail(claimed({ failureGroups: [group({ source_name: 'some-topic' })] }), 'presale/1', settings);

  expect(text).toContain('Runbook: https://example.com/runbook.md#platform-failures-recorded');
  const placed = alertMail(claimed({ failureGroups: [group({ source_name: 'counties' })] }), 'presale/1', settings);
  expect(placed.text).toMatch(/^LOW {2}[\s\S]*runbook.md#presale-fetch-county-fails\n$/);
});

test('without a known address of the API the mail shows the request', () => {
  const { text, html } = alertMail(claimed(), 'presale/1', { ...settings, api: undefined, runbook: 'docs/runbook.md' });

  expect(text).toContain('Ledger: GET /platform/failures?workload=presale&');
  expect(html).toContain('Runbook: <code>docs/runbook.md#presale-load-county-fails</code>');
});

test('nothing of a message is read as HTML', () => {
  const examples = [{ id: 1, message: `<script>alert("1")</script> & 'more'` }];
  const { html } = alertMail(claimed({ failureGroups: [group({ reason: '<b>', examples })] }), 'presale/1', settings);

  expect(html).not.toMatch(/<script|<b>/);
  expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;');
});

test('a thousand reasons of the longest messages are a mail that the queue takes, and none goes unsaid', () => {
  const failureGroups = Array.from({ length: 1000 }, (_, number) =>
    group({ reason: `${number}-${'字'.repeat(2000)}`, examples: [{ id: number, message: '字'.repeat(1000) }] }),
  );
  const mail = alertMail(claimed({ failures: 2000, failureGroups }), 'presale/1', settings);

  expect(mailMessage.safeParse(mail).success).toBe(true);
  // SQS takes 1 MiB; some mail programs cut at a tenth of it.
  expect(Buffer.byteLength(JSON.stringify(mail))).toBeLessThan(1024 * 1024);
  expect(mail.text).toContain('And 1,900 more: the ledger lists every failure.');
  expect(mail.subject).toBe('[millrace-test] medium: presale: 2,000 failures');
});
