import { createHash } from 'node:crypto';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { region } from 'one-machine/region.ts';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool } from '../../packages/one-machine/test/support/pool.ts';
import { rawCsv, sumOf } from '../support/raw-csv.ts';
import { runToEnd, startTestStack, type TestStack } from '../support/stack.ts';

/** The publication of the sample site through the whole stack: schedule -> state machine -> bucket -> database -> API. */

const publication = '2026-09-11';
const runName = `publication-${publication}`;
const letters = [...'ABCDEFGHIJKMNOPQTUVWXZ'];

let running: TestStack;
let pool: pg.Pool;

beforeAll(async () => {
  running = await startTestStack();
  pool = openPool(running.stack.services.postgres.url('postgres', 'millrace'));
  site().setToday(publication);
  await running.stack.wiring.scheduler.trigger('Presale-Schedule-Schedule', new Date(`${publication}T02:00:00Z`));
  expect(await runToEnd(running.stack, runName), running.printed()).toMatchObject({ status: 'SUCCEEDED' });
});

afterAll(async () => {
  await pool?.end();
  await running?.stop();
});

function site() {
  const { site: started } = running.stack.services;
  if (!started) throw new Error('The sample site is not running');
  return started;
}

/** A county's bytes as a browser gets them; `undefined` where the site has none. */
async function published(letter: string): Promise<Buffer | undefined> {
  const response = await fetch(`${site().url}//Download?fileName=${letter.toLowerCase()}_lvr_land_b.csv`);
  return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
}

async function stored(key: string): Promise<Buffer> {
  const s3 = new S3Client({
    region,
    credentials: running.stack.services.credentials,
    endpoint: running.stack.services.storage.s3Url,
  });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'millrace-raw-bucket', Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

interface County {
  readonly letter: string;
  readonly state: string;
  readonly sha256: string;
  readonly rows_read: number;
  readonly good: number;
  readonly problems: number;
}

async function counties(): Promise<readonly County[]> {
  const { status, body } = await running.api(`/presale/runs/${publication}`);
  expect(status).toBe(200);
  return (body as { result: { results: County[] } }).result.results;
}

async function rows<T>(statement: string, ...values: unknown[]): Promise<T[]> {
  return (await pool.query(statement, values)).rows as T[];
}

test('every county is loaded or has no file', async () => {
  const states = Object.fromEntries((await counties()).map(({ letter, state }) => [letter, state]));

  for (const letter of letters) expect(states[letter], letter).toBe((await published(letter)) ? 'loaded' : 'empty');
});

test('the raw files are kept byte for byte', async () => {
  for (const { letter, state, sha256 } of await counties()) {
    if (state !== 'loaded') continue;
    const bytes = await stored(`presale/raw/${publication}/${letter}.csv`);

    expect(bytes.equals((await published(letter)) ?? Buffer.alloc(0)), letter).toBe(true);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  }
});

test('rows and sums in the database are those of the bytes, less the problem rows', async () => {
  for (const { letter, state, rows_read, good, problems } of await counties()) {
    if (state !== 'loaded') continue;
    const { header, rows: all } = rawCsv((await published(letter)) ?? Buffer.alloc(0));
    const refused = await rows<{ line_number: string }>(
      'select line_number from presale.problems where letter = $1',
      letter,
    );
    const lines = new Set(refused.map(({ line_number }) => Number(line_number)));
    const fine = all.filter(({ line }) => !lines.has(line));
    const [inDatabase] = await rows<{ count: string; price: string; parking: string }>(
      `select count(*), sum(price_twd) as price, sum(parking_price_twd) as parking from presale.deals where source_key = $1`,
      `presale/raw/${publication}/${letter}.csv`,
    );

    expect({ rows_read, good, problems }, letter).toEqual({
      rows_read: all.length,
      good: fine.length,
      problems: lines.size,
    });
    expect(Number(inDatabase?.count)).toBe(fine.length);
    expect(Number(inDatabase?.price)).toBe(sumOf(header, fine, '總價元'));
    expect(Number(inDatabase?.parking)).toBe(sumOf(header, fine, '車位總價元'));
  }
});

test('problem rows stand in the bucket in the words of the file, with every reason', async () => {
  const withProblems = (await counties()).filter(({ problems }) => problems > 0);
  expect(withProblems.length).toBeGreaterThan(0);

  for (const { letter, problems } of withProblems) {
    const text = (await stored(`presale/problems/${publication}/${letter}.json`)).toString('utf8');
    const document = JSON.parse(text) as Record<string, string>[];

    expect(document).toHaveLength(problems);
    for (const row of document) {
      expect(row).toHaveProperty('縣市');
      expect(row.error_message).toBeTruthy();
    }
    // Indented and not escaped, for a person to edit.
    expect(text).toContain('\n  ');
    expect(text).not.toContain('\\u');
  }
});

test('the report is mailed once and tells the rows of each county', async () => {
  // The problem rows get an alert mail of their own a minute later.
  const reports = async () =>
    (await running.stack.services.mail.mails()).filter(({ subject }) => subject.startsWith('Pre-sale deals'));
  await expect.poll(async () => (await reports()).length).toBe(1);
  const [mail] = await reports();

  expect(mail?.subject).toContain(publication);
  expect(mail?.text).toContain(`The run: ${running.stack.wiring.api?.url}/presale/runs/${publication}\n`);
  for (const { letter, state, good } of await counties()) {
    if (state === 'loaded') expect(mail?.text, letter).toMatch(new RegExp(`${letter} .*\\b${good} good`));
  }
});

test('starting the same slot again starts nothing', async () => {
  await running.stack.wiring.scheduler.trigger('Presale-Schedule-Schedule', new Date(`${publication}T02:00:00Z`));

  const { executions } = await running.stack.machines.list();
  expect(executions.map(({ name }) => name)).toEqual([runName]);
});

test('loading the publication again, twice at once, changes nothing', async () => {
  const before = await snapshot();

  const again = ['again-1', 'again-2'];
  const [machine] = running.stack.model.stateMachines;
  for (const name of again) {
    await running.stack.machines.start({
      stateMachineArn: machine?.arn ?? '',
      name,
      input: { publication_date: publication },
    });
  }
  for (const name of again)
    expect(await runToEnd(running.stack, name), running.printed()).toMatchObject({ status: 'SUCCEEDED' });

  expect(await snapshot()).toEqual(before);
});

/** Everything of the workload but who loaded it when. */
async function snapshot(): Promise<unknown> {
  const [deals] = await rows(`select count(*), md5(string_agg(d::text, '' order by id)) from presale.deals d`);
  const [problems] = await rows(
    `select count(*), md5(string_agg(id || raw::text || reasons::text, '' order by id)) from presale.problems`,
  );
  const [months] = await rows(
    `select count(*), md5(string_agg(s::text, '' order by s::text)) from presale.deal_statistics_monthly s`,
  );
  return { deals, problems, months };
}
