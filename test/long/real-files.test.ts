import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { counties, countyLetters } from '../../lambdas/presale/publication/counties.ts';
import { seasonDate, seasonEnd } from '../../lambdas/presale/publication/season.ts';
import { expectLoaded, type Flow, startFlow, type ToldCounty } from '../flows/flow.ts';
import { type Deal, type Judged, judged } from '../flows/independent-reading.ts';

/** Every real file through the whole stack, oldest first: API -> state machine -> bucket -> database -> API. */

const folder = path.resolve(import.meta.dirname, '../../../shared/data/presale');
const here = existsSync(folder);

interface RealFile {
  readonly runName: string;
  readonly publicationDate: string;
  readonly letter: keyof typeof counties;
  readonly bytes: Buffer;
}

/** Figures of the specification. Other files must only agree with their bytes. */
const known: Readonly<Record<string, readonly [good: number, problems: number]>> = {
  '110S4 F': [5121, 0],
  '111S3 F': [3307, 3],
  '2022-09-11 F': [452, 0],
  '2022-10-01 F': [310, 0],
  '2022-10-11 F': [378, 0],
  '2022-11-01 F': [278, 1],
};

const file = (one: Pick<RealFile, 'runName' | 'letter'>) => `presale/raw/${one.runName}/${one.letter}.csv`;

describe.skipIf(!here)(`real files${here ? '' : ' (skipped: ../shared/data/presale is not on this machine)'}`, () => {
  let flow: Flow;
  let sample: string;
  const files: RealFile[] = [];
  const told = new Map<string, ToldCounty>();
  const loaded = new Map<string, Judged>();

  beforeAll(async () => {
    sample = await mkdtemp(path.join(tmpdir(), 'millrace-real-'));
    // `odd` is made up: files that nobody can load, one kind of oddity a county.
    await cp(folder, sample, { recursive: true, filter: (source) => path.basename(source) !== 'odd' });
    flow = await startFlow({ PRESALE_SAMPLE_DIR: sample, PRESALE_RETRY_SECONDS: '1', PRESALE_MAX_ATTEMPTS: '2' });
    for (const run of await runsOfFolder()) {
      if (run.today !== undefined) flow.site.setToday(run.today);
      const { status } = await flow.run({ ...run.request, counties: run.files.map(({ letter }) => letter) });
      expect(status, flow.running.printed()).toBe('SUCCEEDED');
      files.push(...run.files);
      const { results } = await flow.told(run.publicationDate);
      for (const one of run.files) {
        const result = results.find(({ letter }) => letter === one.letter);
        if (result) told.set(file(one), result);
        // Now, before a newer publication brings some of these deals again.
        loaded.set(file(one), await expectLoaded(flow, file(one), one.bytes));
      }
    }
  });

  afterAll(async () => {
    await flow?.stop();
    if (sample) await rm(sample, { recursive: true, force: true });
  });

  /** What the site finds in the folder, oldest first. */
  async function runsOfFolder() {
    const publications = flow.site.publications().map(async ({ date, files: published }) => ({
      publicationDate: date,
      newAsOf: date,
      today: date,
      request: { publication_date: date },
      files: await Promise.all(
        published.map(async ({ county, path: place = '' }) => ({
          runName: date,
          publicationDate: date,
          letter: county as RealFile['letter'],
          bytes: await readFile(path.join(folder, place)),
        })),
      ),
    }));
    const seasons = flow.site.seasons().map(async (season) => ({
      publicationDate: seasonDate(season),
      // A season's file comes after the ten-day publications of its quarter.
      newAsOf: seasonEnd(season),
      today: undefined,
      request: { season },
      files: await filesOfSeason(season),
    }));
    const runs = await Promise.all([...publications, ...seasons]);
    return runs.sort((one, other) => one.newAsOf.localeCompare(other.newAsOf));
  }

  async function filesOfSeason(season: string): Promise<RealFile[]> {
    const found: RealFile[] = [];
    for (const letter of countyLetters) {
      const bytes = await flow.publishedSeason(season, letter);
      if (bytes) found.push({ runName: season, publicationDate: seasonDate(season), letter, bytes });
    }
    return found;
  }

  test('each file is loaded, with the rows that a count of its bytes gives', () => {
    expect(files.length).toBeGreaterThan(0);
    for (const one of files) {
      const { rows, deals, problems } = loaded.get(file(one)) ?? judged(one.bytes);

      expect(told.get(file(one)), file(one)).toMatchObject({
        state: 'loaded',
        rows_read: rows,
        good: deals.length,
        problems: Object.keys(problems).length,
        duplicates: rows - deals.length - Object.keys(problems).length,
        kept_newer: 0,
      });
    }
  });

  test('known files have their known figures', () => {
    const counts = files.map((one) => {
      const { good, problems } = told.get(file(one)) ?? {};
      return [`${one.runName} ${one.letter}`, [good, problems]] as const;
    });

    expect(Object.fromEntries(counts.filter(([name]) => name in known))).toEqual(
      Object.fromEntries(Object.entries(known).filter(([name]) => counts.some(([counted]) => counted === name))),
    );
  });

  test('each raw file is in the bucket byte for byte', async () => {
    for (const one of files) expect((await flow.stored(file(one)))?.equals(one.bytes), file(one)).toBe(true);
  });

  test('the table holds each deal once, as the newest file has it, and nothing else', async () => {
    const newest = new Map<string, Deal>();
    for (const one of files) {
      for (const deal of judged(one.bytes).deals) newest.set(`${counties[one.letter]} ${deal.serial_number}`, deal);
    }
    const sum = (column: string) => [...newest.values()].reduce((total, deal) => total + Number(deal[column]), 0);
    const [totals] = await flow.rows<Record<string, number>>(
      `select count(*)::int, sum(price_twd)::float8 as price, sum(parking_price_twd)::float8 as parking,
        sum(rooms)::int as rooms, count(distinct county || ' ' || serial_number)::int as serials from presale.deals`,
    );

    expect(totals).toEqual({
      count: newest.size,
      serials: newest.size,
      price: sum('price_twd'),
      parking: sum('parking_price_twd'),
      rooms: sum('rooms'),
    });
  });

  test('problem rows can be read over the API with every reason, and stand in the bucket', async () => {
    for (const one of files) {
      const { problems = {} } = loaded.get(file(one)) ?? {};
      const lines = Object.keys(problems).map(Number);
      const { body } = await flow.running.api(
        `/presale/problems?publication_date=${one.publicationDate}&county=${one.letter}&length=500`,
      );
      const { data, total } = (body as { result: { data: ToldProblem[]; total: number } }).result;
      const document = await flow.stored(`presale/problems/${one.publicationDate}/${one.letter}.json`);

      expect(total, file(one)).toBe(lines.length);
      expect(data.map(({ line_number, reasons }) => [line_number, reasons.map(({ column }) => column)])).toEqual(
        lines.map((line) => [line, problems[line]]),
      );
      expect(JSON.parse(document?.toString('utf8') ?? '[]'), file(one)).toHaveLength(lines.length);
    }
  });

  const season = (name: string) => files.find(({ runName, letter }) => runName === name && letter === 'F');

  test('the known problem rows of 111S3 have their known values', async (context) => {
    context.skip(season('111S3') === undefined, 'the file is not there');
    const { body } = await flow.running.api('/presale/problems?publication_date=111S3&county=F');
    const { data } = (body as { result: { data: ToldProblem[] } }).result;

    expect(data.flatMap(({ raw, reasons }) => reasons.map(({ column }) => [column, raw[column]]))).toEqual([
      ['建物現況格局-房', '22'],
      ['建物現況格局-衛', '111'],
      ['建物現況格局-廳', '23'],
    ]);
  });

  test.for([
    ['Park189', 2, [4, 898, 748, 27.2]],
    ['台北灣銀河', 4, [4, 1690, 1536, 28.0]],
    ['好風光II', 3, [12, 1471, 1301, 34.0]],
  ] as const)(
    'the statistics of 淡水區 in January 2022 are known: %s with %d rooms',
    async ([project, rooms, figures], context) => {
      context.skip(season('111S1') === undefined, 'the file of the season is not there');
      const query = new URLSearchParams({ county: '新北市', district: '淡水區', year: '2022', month: '1', project });
      const { body } = await flow.running.api(`/apiv1/deal-statistics?${query}`);
      const { data } = (body as { result: { data: Record<string, number>[] } }).result;
      const found = data.find((row) => row.rooms === rooms) ?? {};

      expect([
        found.count,
        found.average_price_wan,
        found.average_house_price_wan,
        found.average_house_unit_price_wan_per_ping,
      ]).toEqual(figures);
    },
  );

  test('a deal of a real file is found over the API by its project', async () => {
    const last = files.filter(({ letter }) => letter === 'F').at(-1);
    const deal = judged(last?.bytes ?? Buffer.alloc(0)).deals.find(({ project_name }) => project_name !== '');
    const query = new URLSearchParams({ search: String(deal?.project_name), from_: '0', length: '500' });
    const { body } = await flow.running.api(`/apiv1/deals?${query}`);
    const { data } = (body as { result: { data: Deal[] } }).result;

    expect(data.find(({ serial_number }) => serial_number === deal?.serial_number)).toMatchObject({ ...deal });
  });
});

interface ToldProblem {
  readonly line_number: number;
  readonly raw: Readonly<Record<string, string>>;
  readonly reasons: readonly { readonly column: string }[];
}
