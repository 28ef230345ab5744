import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicationOfDeal, seasonOf } from '../../local/sample-site/calendar.ts';
import { type Flow, startFlow } from './flow.ts';

/** What the API answers, against all rows as the database has them. */

interface Deal {
  readonly id: number;
  readonly county: string;
  readonly district: string;
  readonly transaction_date: string;
  readonly project_name: string;
  readonly price_twd: number;
  readonly unit_price_twd_per_m2: number;
  readonly termination: string;
  readonly transaction_target: string;
  readonly main_use: string;
}

interface Statistic {
  readonly county: string;
  readonly district: string;
  readonly year: number;
  readonly month: number;
  readonly project_name: string;
  readonly rooms: number;
  readonly count: number;
}

interface Page<T> {
  readonly result: { readonly data: readonly T[]; readonly total: number };
}

const daySeconds = 86_400;
const now = () => Math.floor(Date.now() / 1000);
const dayInTaipei = (seconds: number) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Taipei' }).format(new Date(seconds * 1000));

let flow: Flow;
let all: Deal[];
let statistics: Statistic[];

beforeAll(async () => {
  flow = await startFlow();
  // Its deals stand on both sides of the default window's beginning.
  const season = seasonOf(publicationOfDeal(dayInTaipei(now() - 365 * daySeconds)));
  const runs = [
    { publication_date: flow.site.current() ?? '', counties: ['A', 'F', 'H'] },
    { season, counties: ['A', 'F'] },
  ];
  for (const run of runs) expect((await flow.run(run)).status, flow.running.printed()).toBe('SUCCEEDED');
  all = (await flow.rows<{ deal: Deal }>('select row_to_json(d) as deal from presale.deals d order by id')).map(
    ({ deal }) => deal,
  );
  statistics = (
    await flow.rows<{ row: Statistic }>('select row_to_json(s) as row from presale.deal_statistics_monthly s')
  ).map(({ row }) => row);
}, 600_000);

afterAll(() => flow?.stop());

async function page<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Page<T>['result']> {
  const { status, body } = await flow.ask(`${path}?${new URLSearchParams(query)}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body as Page<T>).result;
}

const deals = (query: Readonly<Record<string, string>>) => page<Deal>('/apiv1/deals', query);
const ids = (rows: readonly Deal[]) => rows.map(({ id }) => id);
const everything = { from_: '0', to_: String(now() + 365 * daySeconds) };

/** The whole answer, page by page. */
async function walk(query: Readonly<Record<string, string>>, length: number): Promise<Deal[]> {
  const rows: Deal[] = [];
  for (;;) {
    const { data, total } = await deals({ ...query, start: String(rows.length), length: String(length) });
    rows.push(...data);
    if (rows.length >= total || data.length === 0) return rows;
  }
}

test('without parameters: 新北市, the last 365 days, fifteen, the newest first', async () => {
  const from = dayInTaipei(now() - 365 * daySeconds);
  const inCounty = all.filter(({ county }) => county === '新北市');
  const expected = inCounty
    .filter(({ transaction_date: date }) => date >= from && date <= dayInTaipei(now()))
    .sort((a, b) => b.transaction_date.localeCompare(a.transaction_date) || a.id - b.id);
  const { data, total } = await deals({});

  expect(expected.length).toBeLessThan(inCounty.length);
  expect(total).toBe(expected.length);
  expect(ids(data)).toEqual(ids(expected).slice(0, 15));
});

test('a deal is told with all its columns, in the list and alone', async () => {
  const { data } = await deals({ ...everything, length: '3' });
  expect(data).toHaveLength(3);

  for (const deal of data) {
    const { loaded_at: _, ...kept } = all.find(({ id }) => id === deal.id) as Deal & { loaded_at: string };

    expect(deal).toMatchObject(kept);
    expect(await flow.ask(`/apiv1/deals/${deal.id}`)).toMatchObject({ status: 200, body: { result: deal } });
  }
});

const columns = {
  price: 'price_twd',
  unit_price: 'unit_price_twd_per_m2',
  transaction_date: 'transaction_date',
} as const;

function sorted(rows: readonly Deal[], order: string): Deal[] {
  const keys = order.split(',').map((text) => {
    const [, sign, name] = /^([+ -]?)(.+)$/.exec(text) ?? [];
    return { column: columns[name as keyof typeof columns], direction: sign === '-' ? -1 : 1 };
  });
  return rows.toSorted((a, b) => {
    for (const { column, direction } of keys) {
      if (a[column] !== b[column]) return a[column] < b[column] ? -direction : direction;
    }
    return a.id - b.id;
  });
}

describe('order', () => {
  const orders = Object.keys(columns).flatMap((name) => [`+${name}`, `-${name}`, ` ${name}`, name]);

  test.for([...orders, '+price,-transaction_date', '-unit_price,price', 'transaction_date,-price,+unit_price'])(
    'sort=%s over all pages',
    async (sort) => {
      const expected = sorted(
        all.filter(({ county }) => county === '新北市'),
        sort,
      );

      expect(ids(await walk({ ...everything, sort }, 500))).toEqual(ids(expected));
    },
  );

  test('a plus that is not escaped arrives as a space and means the same', async () => {
    const { body } = await flow.ask('/apiv1/deals?sort=+price,-transaction_date&from_=0');
    const expected = sorted(
      all.filter(({ county }) => county === '新北市'),
      '+price,-transaction_date',
    );

    expect(ids((body as Page<Deal>).result.data)).toEqual(ids(expected).slice(0, 15));
  });
});

test('pages of any length join without gap or double', async () => {
  const query = { ...everything, county: '桃園市', sort: 'price' };
  const expected = ids(
    sorted(
      all.filter(({ county }) => county === '桃園市'),
      'price',
    ),
  );
  expect(expected.length).toBeGreaterThan(100);

  for (const length of [7, 100, 499]) expect(ids(await walk(query, length))).toEqual(expected);
  expect(await deals({ ...query, start: String(expected.length) })).toEqual({ data: [], total: expected.length });
  expect((await deals({ ...query, start: String(Number.MAX_SAFE_INTEGER) })).data).toEqual([]);
});

test('county, district, dates and part of a project’s name filter together', async () => {
  const some = all.filter(({ project_name }) => project_name.length > 2).filter((_, index) => index % 400 === 0);
  for (const { county, district, project_name, transaction_date } of some) {
    const to = Date.parse(`${transaction_date}T12:00:00+08:00`) / 1000;
    const [from, search] = [to - 40 * daySeconds, project_name.slice(1, 3)];
    const expected = all.filter(
      (deal) =>
        deal.county === county &&
        deal.district === district &&
        deal.project_name.includes(search) &&
        deal.transaction_date >= dayInTaipei(from) &&
        deal.transaction_date <= transaction_date,
    );
    const query = { county: county.replace('臺', '台'), district, search, from_: String(from), to_: String(to) };
    const { data, total } = await deals({ ...query, sort: 'price', length: '500' });

    expect(total).toBe(expected.length);
    expect(ids(data)).toEqual(ids(sorted(expected, 'price')));
  }
  expect(some.length).toBeGreaterThan(5);
});

/** SQL, wildcards, quotes and what else might be more than text. */
const texts = [
  "' OR '1'='1",
  "'; DROP TABLE presale.deals; --",
  '") OR 1=1 --',
  '1); DELETE FROM presale.deals;',
  "' UNION SELECT null --",
  '%',
  '_',
  '%%',
  '\\',
  "\\' OR 1=1 --",
  '$1',
  '?',
  '::text',
  '/*',
  '..',
  '.*',
  '\u202E台',
  '💥',
  "1' AND pg_sleep(9) --",
];

describe('text in parameters is only text', () => {
  test.for(texts)('%s', async (text) => {
    const inCounty = all.filter(({ county }) => county === '新北市');
    const containing = inCounty.filter(({ project_name }) => project_name.includes(text));
    const answers = {
      search: (await deals({ ...everything, search: text })).total,
      district: (await deals({ ...everything, district: text })).total,
      statistics: (await page('/apiv1/deal-statistics', { district: text })).total,
      project: (await page('/apiv1/deal-statistics', { project: text })).total,
    };

    expect(answers).toEqual({
      search: containing.length,
      district: inCounty.filter(({ district }) => district === text).length,
      statistics: statistics.filter(({ district }) => district === text).length,
      project: statistics.filter(({ project_name }) => project_name === text).length,
    });
  });

  test.for(texts)('%s where a number, a date, a county or an order is wanted is refused', async (text) => {
    const value = encodeURIComponent(text);
    for (const route of [
      ...['county', 'from_', 'to_', 'sort', 'start', 'length'].map((name) => `/apiv1/deals?${name}=${value}`),
      ...['county', 'year', 'month', 'start', 'length'].map((name) => `/apiv1/deal-statistics?${name}=${value}`),
      ...['publication_date', 'county', 'start', 'length'].map((name) => `/presale/problems?${name}=${value}`),
      ...['start', 'length'].map((name) => `/presale/runs?${name}=${value}`),
      // fetch itself takes .. out of a path.
      ...(text === '..' ? [] : [`/apiv1/deals/${value}`, `/presale/runs/${value}`]),
    ]) {
      expect((await flow.ask(route)).status, route).toBe(400);
    }
  });

  test('the tables are as they were', async () => {
    const [counts] = await flow.rows(`select
      (select count(*)::int from presale.deals) as deals,
      (select count(*)::int from presale.deal_statistics_monthly) as statistics`);

    expect(counts).toEqual({ deals: all.length, statistics: statistics.length });
  });
});

describe('statistics', () => {
  const order = (row: Statistic) => [row.county, row.district, row.year, row.month, row.project_name, row.rooms];
  const before = (one: Statistic, other: Statistic) => {
    for (const [index, value] of order(one).entries()) {
      const against = order(other)[index] ?? '';
      const difference =
        typeof value === 'number'
          ? value - Number(against)
          : Buffer.compare(Buffer.from(value), Buffer.from(String(against)));
      if (difference !== 0) return difference;
    }
    return 0;
  };

  test('count every home with parking whose contract stands', () => {
    const counted = all.filter(
      (deal) =>
        deal.transaction_target === '房地(土地+建物)+車位' && deal.main_use === '住家用' && deal.termination === '',
    );

    expect(statistics.reduce((sum, { count }) => sum + count, 0)).toBe(counted.length);
  });

  test('are filtered by each column, in order, page by page', async () => {
    const one = statistics[Math.floor(statistics.length / 2)];
    const filters: Partial<Statistic>[] = [
      {},
      { county: one?.county ?? '' },
      { county: one?.county ?? '', district: one?.district ?? '' },
      { year: one?.year ?? 0, month: one?.month ?? 0 },
      { project_name: one?.project_name ?? '' },
    ];
    for (const filter of filters) {
      const { project_name: project, ...rest } = filter;
      const query = { ...rest, ...(project === undefined ? {} : { project }), start: 2, length: 40 };
      const text = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
      const expected = statistics
        .filter((row) => Object.entries(filter).every(([name, value]) => row[name as keyof Statistic] === value))
        .sort(before);

      expect(await page('/apiv1/deal-statistics', text)).toEqual({
        data: expected.slice(2, 42),
        total: expected.length,
      });
    }
  });
});
