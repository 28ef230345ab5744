import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countyLetters } from '../../lambdas/presale/publication/counties.ts';
import { publicationBefore, seasonBefore, seasonOf } from '../../local/sample-site/calendar.ts';
import { expectLoaded, type Flow, startFlow, type ToldRun } from './flow.ts';

/** Runs that a person starts by POST /presale/runs. */

let flow: Flow;
let publication: string;

beforeAll(async () => {
  flow = await startFlow({ PRESALE_RETRY_SECONDS: '1', PRESALE_COUNTIES: 'A,X' });
  publication = flow.site.current() ?? '';
}, 600_000);

afterAll(() => flow?.stop());

const post = (body: unknown) =>
  flow.ask('/presale/runs', { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

const runs = async () => (await flow.running.stack.machines.list()).executions.map(({ name }) => name);

describe('a wrong request starts nothing and is told by its fields and reasons', () => {
  const date = '2022-09-11';
  const unknownCounty = [`Must be one of: ${countyLetters.join(', ')}.`];

  test.for<[unknown, Record<string, string[]>]>([
    ['', { _schema: ['Invalid input: not JSON.'] }],
    ['{"publication_date":', { _schema: ['Invalid input: not JSON.'] }],
    ['null', { _schema: ['Invalid input: expected object, received null'] }],
    [[], { _schema: ['Invalid input: expected object, received array'] }],
    [{}, { publication_date: ['Missing data for required field: publication_date or season.'] }],
    [{ publication_date: date, season: '111S3' }, { season: ['Give publication_date or season, not both.'] }],
    [{ publication_date: '2022-09-31' }, { publication_date: ['Not a valid date.'] }],
    [{ publication_date: '0000-01-01' }, { publication_date: ['Not a valid date.'] }],
    [{ publication_date: 20220911 }, { publication_date: ['Not a valid date.'] }],
    [
      { publication_date: '2022-09-12' },
      { publication_date: ['Not a publication date: days 1, 11 and 21 of a month.'] },
    ],
    [{ season: '111S5' }, { season: ['Not a valid season, such as 111S3.'] }],
    [{ season: '2022S3' }, { season: ['Not a valid season, such as 111S3.'] }],
    [{ publication_date: date, counties: [] }, { counties: ['Shorter than minimum length 1.'] }],
    [{ publication_date: date, counties: 'F' }, { counties: ['Not a valid list.'] }],
    [
      { publication_date: date, counties: ['F', 'L', 'f', 3] },
      { 'counties.1': unknownCounty, 'counties.2': unknownCounty, 'counties.3': unknownCounty },
    ],
    [
      { publication_date: date, county: 'F', dry_run: true },
      { county: ['Unknown field.'], dry_run: ['Unknown field.'] },
    ],
    [{ publication_date: "2022-09-11'; DROP TABLE presale.runs; --" }, { publication_date: ['Not a valid date.'] }],
  ])('%j', async ([body, json]) => {
    const answer = await post(body);

    expect(answer.body).toEqual({ error: 'Bad Request', message: { json } });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-request-id')).toMatch(/./);
  });

  test('counties without end are counted, not read one by one', async () => {
    const counties = Array.from({ length: 20_000 }, () => 'no county');

    expect(await post({ publication_date: date, counties })).toMatchObject({
      status: 400,
      body: { message: { json: { counties: ['Longer than maximum length 22.'] } } },
    });
  });

  test('a body that the handlers do not take', async () => {
    expect(await post('x'.repeat(300 * 1024))).toMatchObject({ status: 413, body: { error: 'Content Too Large' } });
  });

  test('a body that the gateway does not take', async () => {
    expect(await post('x'.repeat(11 * 1024 * 1024))).toMatchObject({
      status: 413,
      body: { message: 'Request Too Long' },
    });
  });

  test('nothing was started', async () => {
    expect(await runs()).toEqual([]);
    expect(await flow.rows('select 1 from presale.runs')).toEqual([]);
  });
});

test('a run is accepted, refused while it runs, and starts again once it has ended', async () => {
  const letGo = flow.site.fault({ kind: 'not-out' });
  const name = `publication-${publication}`;
  const waiting = flow.next('Wait an hour');

  expect(await post({ publication_date: publication })).toMatchObject({
    status: 202,
    body: { result: { run_id: name, name: publication, publication_date: publication, season: null } },
  });
  await waiting;
  // Also for other counties: it is the same run.
  for (const more of [{}, { counties: ['F'] }]) {
    expect(await post({ publication_date: publication, ...more })).toMatchObject({
      status: 409,
      body: { error: 'Conflict', message: `Run ${publication} is under way.` },
    });
  }
  expect(await flow.told(publication)).toMatchObject({ state: 'running' });

  letGo();
  expect((await flow.ended(name)).status, flow.running.printed()).toBe('SUCCEEDED');
  expect(await flow.run({ publication_date: publication })).toMatchObject({ name: `${name}-2`, status: 'SUCCEEDED' });
  expect(await flow.told(publication)).toMatchObject({ state: 'complete', run_id: `${name}-2` });
}, 600_000);

test('many at once are one run', async () => {
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => post({ publication_date: publication })));

  // Two at most are served at once, the gateway refuses the rest for the moment.
  const statuses = answers.map(({ status }) => status).filter((status) => status !== 503);
  expect(statuses.toSorted()[0]).toBe(202);
  expect(statuses.filter((status) => status === 202)).toHaveLength(1);
  expect(new Set(statuses).size).toBeLessThanOrEqual(2);
  await flow.ended(`publication-${publication}-3`);
  expect(await runs()).toHaveLength(3);
}, 600_000);

test('a past season is loaded by its name or its date, and stands under day 2 of its first month', async () => {
  const season = seasonBefore(seasonOf(publication));
  const { name, status } = await flow.run({ season, counties: ['A'] });
  expect([name, status], flow.running.printed()).toEqual([`season-${season}`, 'SUCCEEDED']);

  const run = (await flow.ask(`/presale/runs/${season}`)).body as { result: ToldRun & { publication_date: string } };
  const bytes = await flow.publishedSeason(season, 'A');
  const { deals } = await expectLoaded(flow, `presale/raw/${season}/A.csv`, bytes);
  expect(run.result.publication_date).toMatch(/-(01|04|07|10)-02$/);
  expect(run.result).toMatchObject({ name: season, results: [{ letter: 'A', state: 'loaded', good: deals.length }] });
  expect(await flow.stored(`presale/raw/${season}/A.csv`)).toEqual(bytes);

  const again = await flow.run({ publication_date: run.result.publication_date, counties: ['A'] });
  expect(again).toMatchObject({ name: `season-${season}-2`, status: 'SUCCEEDED' });
}, 600_000);

test('runs are listed page by page, the newest publication first', async () => {
  flow.site.setToday(publicationBefore(publication));
  await flow.run({ publication_date: publicationBefore(publication), counties: ['Z'] });
  const kept = await flow.rows<{ name: string }>('select name from presale.runs order by publication_date desc');
  expect(kept).toHaveLength(3);

  const listed: string[] = [];
  for (const start of [0, 2]) {
    const { body } = await flow.ask(`/presale/runs?start=${start}&length=2`);
    const { data, total } = (body as { result: { data: ToldRun[]; total: number } }).result;
    expect(total).toBe(3);
    listed.push(...data.map(({ name }) => name));
  }
  expect(listed).toEqual(kept.map(({ name }) => name));
}, 600_000);
