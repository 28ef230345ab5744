import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '#adapters/database.ts';
import { raiseAlert } from '#record/alert-book.ts';
import { alertMailStore } from '../../../../lambdas/platform/alerts/alert-mail-store.ts';
import { tell } from '../../../../lambdas/platform/alerts/tell.ts';
import type { MailMessage } from '../../../../lambdas/platform/contract.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { settings } from './settings.ts';

let database: TestDatabase<unknown>;
let sent: MailMessage[];
let woken: string[];
let now: Date;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database.stop());

beforeEach(async () => {
  sent = [];
  woken = [];
  now = new Date('2026-11-21T12:00:10Z');
  await sql`TRUNCATE platform.failures, platform.alerts, platform.alert_mails RESTART IDENTITY`.execute(
    database.admin.query,
  );
});

const ports = (through: Database<unknown> = database.app) => ({
  mails: alertMailStore(through),
  settings,
  send: async (mail: MailMessage) => void sent.push(mail),
  wake: async (workloads: Iterable<string>) => void woken.push(...workloads),
  clock: () => now,
});

const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};

/** `count` failures of a source, as they stand in the ledger. */
async function fail(edge: string, reason = 'Broken', count = 1): Promise<void> {
  const [workload, source] = edge.split('/');
  await sql`
    INSERT INTO platform.failures (natural_key, workload, source_kind, source_name, reason, message, input, attributes,
      occurred_at, recorded_at)
    SELECT gen_random_uuid()::text, ${workload}, 'queue', ${source}, ${reason}, 'number ' || number, 'the input', '{}',
      ${now}::timestamptz + number * interval '1 microsecond', ${now}
    FROM generate_series(1, ${count}) number`.execute(database.admin.query);
}

const alert = (workload: string, severity: 'low' | 'medium' | 'high', name = 'presale-files-drift') =>
  raiseAlert(database.app.query, {
    naturalKey: `${name}:${now.toISOString()}:${severity}`,
    workload,
    severity,
    name,
    message: `It is ${severity}.`,
  });

async function untold(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT (SELECT count(*) FROM platform.failures WHERE told_in IS NULL)
      + (SELECT count(*) FROM platform.alerts WHERE told_in IS NULL) AS count`.execute(database.app.query);
  return rows[0]?.count ?? -1;
}

test('a hundred thousand failures make one mail that says how many', { timeout: 600_000 }, async () => {
  await fail('presale/load-county', 'UnavailableError', 99_990);
  await fail('presale/run', 'GaveUp', 10);

  expect(await tell('presale', ports())).toBe('told');
  expect(await tell('presale', ports())).toBe('nothing to tell');

  expect(sent).toHaveLength(1);
  expect(sent[0]?.subject).toBe('[millrace-test] high: presale: 100,000 failures');
  expect(sent[0]?.text).toMatch(
    /HIGH {2}GaveUp in run\n {2}10 times[\s\S]*MEDIUM {2}UnavailableError[^\n]*\n {2}99,990 times/,
  );
  expect(sent[0]?.text).toContain('- 1: number 1\n  - 2: number 2\n  - 3: number 3\n  - and 99,987 more');
  expect(sent[0]?.text).not.toContain('the input');
  expect(await untold()).toBe(0);
});

test('two workloads make two mails', async () => {
  await fail('presale/run');
  await fail('tagger/import');

  await tell('presale', ports());
  await tell('tagger', ports());

  expect(sent.map(({ subject }) => subject)).toEqual([
    '[millrace-test] high: presale: Broken in run',
    '[millrace-test] medium: tagger: Broken in import',
  ]);
});

test('a second burst waits until a minute has passed since the mail, and is then told whole', async () => {
  await fail('presale/run');
  await tell('presale', ports());
  later(55);
  await fail('presale/run', 'Again', 3);

  expect(await tell('presale', ports())).toBe('too soon');
  expect({ sent: sent.length, woken }).toEqual({ sent: 1, woken: ['presale'] });
  later(5);
  expect(await tell('presale', ports())).toBe('told');
  expect(sent[1]?.subject).toBe('[millrace-test] high: presale: Again in run (3 times)');
});

test('two wakes of one workload at once are one mail', async () => {
  await fail('presale/run');

  const told = await Promise.all([database.app, database.another()].map((through) => tell('presale', ports(through))));

  expect(told.toSorted()).toEqual(['nothing to tell', 'told']);
  expect(sent).toHaveLength(1);
});

test('the table itself refuses a second mail of one minute', async () => {
  await fail('presale/run');
  await tell('presale', ports());
  const insert = sql`
    INSERT INTO platform.alert_mails (workload, minute, claimed_at) VALUES ('presale', '2026-11-21T12:00Z', ${now})`;

  await expect(insert.execute(database.app.query)).rejects.toThrow('alert_mails_one_a_minute');
});

test('a mail that was claimed and not handed over goes out with the next wake, whosever that is', async () => {
  await fail('presale/run');
  const away = { ...ports(), send: () => Promise.reject(new Error('no queue')) };
  await expect(tell('presale', away)).rejects.toThrow('no queue');
  expect(await untold()).toBe(0);

  expect(await tell('tagger', ports())).toBe('nothing to tell');
  expect(sent).toMatchObject([{ id: 'presale/2026-11-21T12:00:00.000Z' }]);
  await tell('tagger', ports());
  expect(sent).toHaveLength(1);
});

test('what dies between handing over and saying so hands over the same mail again, under the same id', async () => {
  await fail('presale/run');
  const dies = {
    ...ports(),
    send: async (mail: MailMessage) => {
      sent.push(mail);
      throw new Error('killed');
    },
  };
  await expect(tell('presale', dies)).rejects.toThrow('killed');
  await tell('presale', ports());

  expect(sent).toHaveLength(2);
  expect(sent[1]).toEqual(sent[0]);
});

test('failed mails wake no mail, and ride along in the next one of any workload', async () => {
  await fail('platform/send-mail', 'RetriesExhausted');
  await alert('platform', 'high', 'platform-send-mail-fails');
  expect(await tell('platform', ports())).toBe('nothing to tell');
  await fail('presale/run');

  expect(await tell('presale', ports())).toBe('told');
  expect(sent[0]?.subject).toBe('[millrace-test] high: presale: 1 alert, 2 failures');
  expect(sent[0]?.text).toContain('HIGH  platform-send-mail-fails');
  expect(sent[0]?.text).toContain('RetriesExhausted in platform/send-mail');
});

test('what is only low makes one mail a day, and rides along in between', async () => {
  await alert('presale', 'low');
  expect(await tell('presale', ports())).toBe('told');
  later(3600);
  await alert('presale', 'low');
  expect(await tell('presale', ports())).toBe('can wait');
  await fail('presale/run');
  expect(await tell('presale', ports())).toBe('told');
  expect(sent[1]?.text).toMatch(/HIGH {2}Broken in run[\s\S]*LOW {2}presale-files-drift/);
  later(24 * 3600);
  await alert('presale', 'low');
  expect(await tell('presale', ports())).toBe('told');
});

test('of what is only low, a new reason and numbers that rise are told in time', async () => {
  const low = 'presale/counties';
  await fail(low, 'ServerError', 2);
  expect(await tell('presale', ports())).toBe('told');
  later(120);
  await fail(low, 'ServerError', 2);
  expect(await tell('presale', ports())).toBe('can wait');

  // One more than was told; the next time it takes more than the five.
  await fail(low, 'ServerError');
  expect(await tell('presale', ports())).toBe('told');
  later(120);
  await fail(low, 'ServerError', 5);
  expect(await tell('presale', ports())).toBe('can wait');

  await fail(low, 'HtmlInsteadOfCsv');
  expect(await tell('presale', ports())).toBe('told');
  expect(sent.at(-1)?.text).toContain('HtmlInsteadOfCsv');
  await alert('presale', 'low');
  expect(await tell('presale', ports())).toBe('too soon');
  later(60);
  expect(await tell('presale', ports())).toBe('told');

  // Of yesterday nobody remembers.
  later(25 * 3600);
  await fail('presale/run');
  expect(await tell('presale', ports())).toBe('told');
  later(120);
  await fail(low, 'HtmlInsteadOfCsv');
  expect(await tell('presale', ports())).toBe('told');
});

test('everybody whose severity is in a mail gets it, once', async () => {
  await alert('presale', 'low');
  await alert('presale', 'high', 'presale-run-fails');

  await tell('presale', ports());

  expect(sent[0]?.to).toEqual(['night@example.com', 'all@example.com', 'data@example.com']);
});

test('a lost wake is made up for after the next mail of any workload', async () => {
  await fail('tagger/import');
  await alert('briefs', 'medium', 'briefs-slow');
  await sql`UPDATE platform.alerts SET raised_at = ${now}`.execute(database.admin.query);
  later(301);
  await fail('platform/send-mail');
  await fail('presale/run');

  await tell('presale', ports());

  expect(woken).toEqual(['briefs', 'tagger']);
});

test('a claim that can not be written down is undone', async () => {
  await fail('presale/run');
  const broken = {
    ...ports(),
    settings: {
      ...settings,
      get api(): string {
        throw new Error('composing fails');
      },
    },
  };

  await expect(tell('presale', broken)).rejects.toThrow('composing fails');
  expect(await untold()).toBe(1);
});
