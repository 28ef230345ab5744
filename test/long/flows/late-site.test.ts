import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { generatedArchive } from '../../../local/sample-site/generated/archive.ts';
import { expectLoaded, type Flow, startFlow } from '../../flows/flow.ts';

/** The site is late or wrong, or a load fails: the run waits, goes on from the backups, or gives up and tells a person. */

const seed = 'millrace';
const counties = ['A', 'F', 'Z'];
// One more than a test needs: a busy machine may miss the first wait.
const attempts = 4;
let directory: string;
let flow: Flow;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-site-'));
  for (const date of [
    '2022-09-11',
    '2022-09-21',
    '2022-10-01',
    '2022-10-11',
    '2022-10-21',
    '2022-11-01',
    '2022-11-11',
  ]) {
    await publish(date, ['A', 'F']);
  }
  await publish('2022-11-21', ['A'], (text) => text.replace('總價元', '總價'));
  await publish('2022-11-21', ['F']);
  flow = await startFlow({
    PRESALE_SAMPLE_DIR: directory,
    PRESALE_RETRY_SECONDS: '1',
    PRESALE_MAX_ATTEMPTS: String(attempts),
    PRESALE_COUNTIES: counties.join(','),
  });
  flow.site.setToday('2022-09-11');
}, 600_000);

afterEach(() => flow?.site.clearFaults());

afterAll(async () => {
  await flow?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Files of made-up deals, in the folder that the site serves. */
async function publish(date: string, letters: readonly string[], change = (text: string) => text): Promise<void> {
  for (const letter of letters) {
    const file = await generatedArchive(seed).county(date, letter);
    const bytes = file === undefined ? Buffer.alloc(0) : await buffer(file.read());
    const name = `${date.replaceAll('-', '')}_${letter}_lvr_land_B.csv`;
    await writeFile(path.join(directory, name), change(bytes.toString('utf8')));
  }
}

const rawKey = (date: string, letter: string) => `presale/raw/${date}/${letter}.csv`;
const downloads = (letter: string) => flow.site.requests().filter(({ county }) => county === letter).length;

/** The publication is in the database as the site has it now, and its bytes in the bucket. */
async function expectPublished(date: string, letters: readonly string[] = ['A', 'F']): Promise<void> {
  for (const letter of letters) {
    const bytes = await flow.published(letter);

    await expectLoaded(flow, rawKey(date, letter), bytes);
    expect((await flow.stored(rawKey(date, letter)))?.equals(bytes ?? Buffer.alloc(0)), letter).toBe(true);
  }
  expect(await lettersOf(date)).toEqual(letters);
}

/** Counties with rows under a publication date. */
async function lettersOf(date: string): Promise<string[]> {
  const found = await flow.rows<{ letter: string }>(
    `select distinct substring(source_key from '/(.)\\.csv$') as letter from presale.deals
      where publication_date = $1 order by 1`,
    date,
  );
  return found.map(({ letter }) => letter);
}

async function stateOf(date: string): Promise<Record<string, string>> {
  const { results } = await flow.told(date);
  return Object.fromEntries(results.map(({ letter, state }) => [letter, state]));
}

async function mailOf(subject: string): Promise<string> {
  const found = async () => (await flow.running.stack.services.mail.mails()).filter((mail) => mail.subject === subject);
  await expect.poll(async () => (await found()).length, { timeout: 600_000 }).toBe(1);
  return (await found())[0]?.text ?? '';
}

test('a publication that is not out yet is waited for', async () => {
  const before = downloads('F');
  const waiting = flow.next('Wait an hour');
  const name = await flow.start({ publication_date: '2022-09-21' });
  await waiting;
  // The pause of a test is over before the API is asked; a long one is told of until it ends (run-book.test.ts).
  const noted = await flow.rows(
    'select waits_for, waits_until > started_at as later from platform.runs where name = $1',
    '2022-09-21',
  );
  expect(noted).toEqual([{ waits_for: expect.stringContaining('not yet to'), later: true }]);
  expect(await lettersOf('2022-09-21')).toEqual([]);
  expect(downloads('F')).toBe(before);

  flow.site.setToday('2022-09-21');

  expect((await flow.ended(name)).status, flow.running.printed()).toBe('SUCCEEDED');
  await expectPublished('2022-09-21');
  expect(await stateOf('2022-09-21')).toEqual({ A: 'loaded', F: 'loaded', Z: 'empty' });
}, 600_000);

test('a publication that the site has replaced is given up at once where there is no backup', async () => {
  flow.site.setToday('2022-09-21');
  const before = downloads('F');
  const { status } = await flow.run({ publication_date: '2022-09-01' });

  expect(status).toBe('FAILED');
  expect(downloads('F')).toBe(before);
  expect(await lettersOf('2022-09-01')).toEqual([]);
  expect(await flow.told('2022-09-01')).toMatchObject({ state: 'failed', attempts: 1 });
}, 600_000);

test('the previous file under a new date is not loaded, only waited over', async () => {
  const rest = flow.next('Wait an hour for the rest');
  // The list is ahead of the files.
  const ahead = flow.site.fault({ kind: 'not-out', lastDate: '2022-09-21' });
  const name = await flow.start({ publication_date: '2022-10-01' });
  await rest;
  expect(await lettersOf('2022-10-01')).toEqual([]);
  expect(await stateOf('2022-10-01')).toEqual({ A: 'unchanged', F: 'unchanged', Z: 'empty' });

  ahead();
  flow.site.setToday('2022-10-01');

  expect((await flow.ended(name)).status, flow.running.printed()).toBe('SUCCEEDED');
  await expectPublished('2022-10-01');
}, 600_000);

test('the file of a new season is not loaded under the date of the old one', async () => {
  // The new season has cleared the list; the site's clock says which season that is.
  const { status } = await flow.run({ publication_date: '2022-09-01' });

  expect(status).toBe('FAILED');
  expect(await lettersOf('2022-09-01')).toEqual([]);
  const { attempts: rounds, results } = await flow.told('2022-09-01');
  expect(rounds).toBe(1);
  expect(results.map(({ letter, state, reason }) => [letter, state, reason])).toEqual([
    ['A', 'failed', 'The site shows a newer publication than 2022-09-01, and no backup is there.'],
    ['F', 'failed', 'The site shows a newer publication than 2022-09-01, and no backup is there.'],
    ['Z', 'failed', 'The site shows a newer publication than 2022-09-01, and no backup is there.'],
  ]);
}, 600_000);

test('a publication that never comes out is given up after its attempts, and a person is told', async () => {
  const checks = () => flow.site.requests().filter(({ url }) => url.includes('DownloadHistory')).length;
  const [before, beforeF] = [checks(), downloads('F')];
  flow.site.fault({ kind: 'not-out', lastDate: '2022-09-21' });
  const { status } = await flow.run({ publication_date: '2022-10-11' });

  expect(status).toBe('FAILED');
  expect(checks() - before).toBe(attempts);
  expect(downloads('F')).toBe(beforeF);
  expect(await lettersOf('2022-10-11')).toEqual([]);
  expect(await flow.told('2022-10-11')).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('2022-09-21, not yet to 2022-10-01'),
    results: [],
  });
  const text = await mailOf('Pre-sale deals: run 2022-10-11 gave up');
  expect(text).toContain('not yet to 2022-10-01');
}, 600_000);

test('what was given up is loaded when it is started again', async () => {
  flow.site.setToday('2022-10-11');
  const { name, status } = await flow.run({ publication_date: '2022-10-11' });

  expect([name, status]).toEqual(['publication-2022-10-11-2', 'SUCCEEDED']);
  await expectPublished('2022-10-11');
  expect(await flow.told('2022-10-11')).toMatchObject({ state: 'complete', reason: null });
}, 600_000);

test('the old files for ever are given up with the reason of each county, and never loaded', async () => {
  flow.site.fault({ kind: 'not-out', lastDate: '2022-10-11' });
  const { status } = await flow.run({ publication_date: '2022-10-21' });

  expect(status).toBe('FAILED');
  expect(await lettersOf('2022-10-21')).toEqual([]);
  const { results, ...told } = await flow.told('2022-10-21');
  expect(told).toMatchObject({ state: 'failed', attempts });
  const text = await mailOf('Pre-sale deals: run 2022-10-21 gave up');
  for (const letter of ['A', 'F']) {
    const { reason } = results.find((result) => result.letter === letter) ?? {};
    expect(reason).toContain('2022-10-11');
    expect(text).toContain(reason);
  }
}, 600_000);

test('after a load that failed, the county comes from its backup and not from the site', async () => {
  flow.site.setToday('2022-11-01');
  const before = { A: downloads('A'), F: downloads('F') };
  await flow.pool.query('revoke insert on presale.deals from millrace_app');
  const rest = flow.next('Wait an hour for the rest');
  const name = await flow.start({ publication_date: '2022-11-01' });
  await rest;
  expect(await lettersOf('2022-11-01')).toEqual([]);
  const { results } = await flow.told('2022-11-01');
  expect(results.find(({ letter }) => letter === 'F')).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('permission denied'),
  });

  await flow.pool.query('grant insert on presale.deals to millrace_app');
  // Whoever asked the site now would get nothing.
  const broken = ['A', 'F'].map((county) => flow.site.fault({ kind: 'html-error', county }));

  expect((await flow.ended(name)).status, flow.running.printed()).toBe('SUCCEEDED');
  expect({ A: downloads('A') - before.A, F: downloads('F') - before.F }).toEqual({ A: 1, F: 1 });
  for (const mend of broken) mend();
  await expectPublished('2022-11-01');
}, 600_000);

test('a connection that the database ends inside a load leaves no half county', async () => {
  flow.site.setToday('2022-11-11');
  const before = downloads('F');
  const holder = await flow.pool.connect();
  try {
    // The loader's own lock: its transaction waits until it is ended.
    await holder.query(`select pg_advisory_lock(hashtextextended('presale.deals F', 0))`);
    const name = await flow.start({ publication_date: '2022-11-11' });
    await endWaitingBackend();
    await holder.query('select pg_advisory_unlock_all()');

    expect((await flow.ended(name)).status, flow.running.printed()).toBe('SUCCEEDED');
  } finally {
    holder.release(true);
  }
  expect(downloads('F') - before).toBe(1);
  await expectPublished('2022-11-11');
}, 600_000);

async function endWaitingBackend(): Promise<void> {
  for (;;) {
    const ended = await flow.rows(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where usename = 'millrace_app' and wait_event_type = 'Lock' and wait_event = 'advisory'`,
    );
    if (ended.length > 0) return;
    await sleep(20);
  }
}

test('a file without a required column stops its county with a clear error, and no other', async () => {
  flow.site.setToday('2022-11-21');
  const { status } = await flow.run({ publication_date: '2022-11-21' });

  expect(status).toBe('FAILED');
  const { state, reason, results } = await flow.told('2022-11-21');
  expect({ state, reason }).toEqual({
    state: 'partial',
    reason: 'Not loaded: A 臺北市 (The header lacks required columns: 總價元)',
  });
  expect(results.map((result) => [result.letter, result.state, result.reason])).toEqual([
    ['A', 'failed', 'The header lacks required columns: 總價元'],
    ['F', 'loaded', null],
    ['Z', 'empty', null],
  ]);
  expect(await mailOf('Pre-sale deals: run 2022-11-21 gave up and is partial')).toContain('總價元');
  await expectPublished('2022-11-21', ['F']);
  expect(await flow.rows('select 1 from presale.problems where source_key = $1', rawKey('2022-11-21', 'A'))).toEqual(
    [],
  );
  expect(await flow.stored(rawKey('2022-11-21', 'A'))).toEqual(await flow.published('A'));
}, 600_000);
