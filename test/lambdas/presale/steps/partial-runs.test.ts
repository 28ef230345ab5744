import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type CountyLetter, countyLetters } from '../../../../lambdas/presale/publication/counties.ts';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { execution, stepsOver } from './rounds.ts';

/** What a run says of itself after executions of all its counties and of some. */

let database: TestDatabase<PresaleTables>;
let steps: ReturnType<typeof stepsOver>;

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
  steps = stepsOver(database);
});

afterAll(() => database?.stop());

beforeEach(() => steps.forgetAll());

test('a run that gives up with 14 of 22 counties loaded is partial, lists the others, and has the 14 in the statistics', async () => {
  const plan = execution(1, countyLetters, true);
  await steps.runs.begin(plan);
  const { pending, reason } = await steps.round(plan, countyLetters.slice(0, 14));
  const mail = await steps.giveUp(plan, reason);

  expect(pending).toEqual(countyLetters.slice(14));
  expect(await steps.statisticsOf()).toHaveLength(14);
  const run = await steps.told();
  expect(run).toMatchObject({ state: 'partial', book: { state: 'partial', rows_in: 14, lost: 0 } });
  expect(run.reason).toBe(run.book?.detail.reason);
  expect(mail.subject).toBe('Pre-sale deals: run 2022-09-11 gave up and is partial');
  for (const letter of countyLetters) {
    const missing = countyLetters.indexOf(letter) >= 14;
    expect(String(run.reason).includes(`(${letter} is away)`), letter).toBe(missing);
    expect(mail.text.includes(`: ${letter} is away`), letter).toBe(missing);
  }
});

test('a later run of some counties hides no others: partial until all are in, then complete', async () => {
  const all: CountyLetter[] = ['A', 'C', 'F', 'W'];
  const first = execution(1, all, true);
  await steps.runs.begin(first);
  await steps.giveUp(first, (await steps.round(first, ['A'])).reason);

  const second = execution(2, ['C']);
  await steps.runs.begin(second);
  expect(await steps.told()).toMatchObject({ state: 'running', counties: all });
  expect(await steps.round(second, ['C'])).toMatchObject({ state: 'complete' });
  const mail = await steps.report(second);
  expect(await steps.told()).toMatchObject({
    state: 'partial',
    reason: 'Not loaded: F 新北市 (F is away); W 金門縣 (W is away)',
    counties: all,
    book: { state: 'partial' },
  });
  expect(mail.subject).toContain('2 other counties not loaded');
  expect(mail.text).toContain('F 新北市: F is away\n');
  expect(mail.text).not.toContain('is complete');

  const third = execution(3, ['F', 'W']);
  await steps.runs.begin(third);
  await steps.round(third, ['F'], ['W']);
  expect((await steps.report(third)).text).toContain('is complete');
  expect(await steps.told()).toMatchObject({
    state: 'complete',
    reason: null,
    book: { state: 'succeeded', rows_in: 3, lost: 0 },
  });
});

test('a run of which nothing is loaded has failed, and one of some counties makes it partial', async () => {
  const first = execution(1, ['A', 'F'], true);
  await steps.runs.begin(first);
  await steps.giveUp(first, (await steps.round(first, [])).reason);
  expect(await steps.told()).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('A, F'),
    book: { state: 'failed' },
  });

  const second = execution(2, ['F']);
  await steps.runs.begin(second);
  await steps.round(second, ['F']);
  await steps.report(second);
  expect(await steps.told()).toMatchObject({ state: 'partial', reason: 'Not loaded: A 臺北市 (A is away)' });
});

test('a run that gives up before any county was tried says so of those it never had', async () => {
  const first = execution(1, ['F']);
  await steps.runs.begin(first);
  await steps.round(first, ['F']);
  await steps.report(first);
  expect(await steps.told()).toMatchObject({ state: 'complete', counties: ['F'] });

  const second = execution(2, ['A', 'F', 'W'], true);
  await steps.runs.begin(second);
  await steps.giveUp(second, 'Not out');
  expect(await steps.told()).toMatchObject({
    state: 'partial',
    reason: 'Not loaded: A 臺北市 (It has not been tried.); W 金門縣 (It has not been tried.)',
    counties: ['A', 'F', 'W'],
  });
});

test('a county that was switched off is none of a whole run’s any more, unless it is in', async () => {
  const first = execution(1, ['A', 'F', 'W'], true);
  await steps.runs.begin(first);
  await steps.giveUp(first, (await steps.round(first, ['A', 'F'])).reason);
  const second = execution(2, ['F'], true);
  await steps.runs.begin(second);
  await steps.round(second, ['F']);
  await steps.report(second);

  const run = await steps.told();
  expect(run).toMatchObject({ state: 'complete', counties: ['A', 'F'] });
  expect(run.results.map(({ letter }) => letter)).toEqual(['A', 'F']);
});

test('a county that is loaded and could not be verified isn’t in, whichever execution tells of it', async () => {
  const first = execution(1, ['A', 'F'], true);
  await steps.runs.begin(first);
  const outcomes = [await steps.load(first, 'A'), await steps.load(first, 'F')];
  steps.loseBackup('A');
  await steps.giveUp(first, (await steps.check(first, outcomes)).reason);
  const second = execution(2, ['F']);
  await steps.runs.begin(second);
  await steps.round(second, ['F']);
  await steps.report(second);

  expect(await steps.told()).toMatchObject({
    state: 'partial',
    reason: 'Not loaded: A 臺北市 (Its backup is not in the bucket.)',
    results: [
      { letter: 'A', state: 'loaded', reason: 'Its backup is not in the bucket.' },
      { letter: 'F', reason: null },
    ],
  });
});

test('an older execution that goes on after the newer one has ended leaves the run no lie', async () => {
  const older = execution(2, ['W']);
  await steps.runs.begin(older);
  const newer = execution(1, ['F', 'W'], true);
  await steps.runs.begin(newer);
  await steps.round(newer, ['F', 'W']);
  await steps.report(newer);
  expect(await steps.told()).toMatchObject({ state: 'complete' });

  await steps.round(older, []);
  expect(await steps.told()).toMatchObject({
    state: 'partial',
    reason: 'Not loaded: W 金門縣 (W is away)',
    book: { state: 'partial' },
  });
  await steps.round(older, ['W'], [], 2);
  expect(await steps.told()).toMatchObject({ state: 'complete', reason: null, book: { state: 'succeeded' } });
});

test('while a run waits, it says what for', async () => {
  const plan = execution(1, ['A', 'F'], true);
  await steps.runs.begin(plan);
  await steps.round(plan, ['F']);

  expect(await steps.told()).toMatchObject({ state: 'running', reason: 'Not loaded: A 臺北市 (A is away)' });
});
