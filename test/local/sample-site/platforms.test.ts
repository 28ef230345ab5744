import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CrawledArticle } from '../../../lambdas/briefs/article/article.ts';
import { platforms } from '../../../lambdas/briefs/platforms/index.ts';
import type { Cursor, Driver, DriverName, PlatformRequest } from '../../../lambdas/briefs/platforms/platform.ts';
import { type PlatformSites, startPlatformSites } from '../../../local/sample-site/platforms/start.ts';

/** Shanghai: 2026-11-30 10:00. */
const now = new Date('2026-11-30T02:00:00Z');
let sites: PlatformSites;
beforeAll(async () => {
  sites = await startPlatformSites({ now: () => now });
});
afterAll(() => sites.stop());
afterEach(() => sites.clearFaults());

const drivers = platforms.flatMap((platform) =>
  Object.entries(platform.drivers).map(([name, driver]) => ({
    name: platform.name,
    driverName: name as DriverName,
    driver,
    platform,
  })),
);
type Asked = (typeof drivers)[number];

async function ask(
  { name, driverName }: Pick<Asked, 'name' | 'driverName'>,
  { method, path, query, body }: PlatformRequest,
) {
  const site = driverName === 'gateway' ? 'gateway' : (name as 'weixin' | 'weibo' | 'bili');
  const url = new URL(sites.urlOf(site) + path);
  for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
  const answer = await fetch(url, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  return {
    status: answer.status,
    contentType: answer.headers.get('content-type') ?? '',
    url: answer.url,
    text: await answer.text(),
  };
}

function pageOf(asked: Asked, keyword: string, page: number, cursor?: Cursor) {
  const { search } = asked.driver as Driver;
  return ask(asked, search({ keyword, page, cursor, from: new Date(0), until: new Date('2027-01-01T00:00:00Z') }));
}

async function read(asked: Asked, keyword: string, pages: number) {
  const found = [];
  let cursor: Cursor | undefined;
  for (let page = 1; page <= pages; page += 1) {
    const answer = (asked.driver as Driver).read(await pageOf(asked, keyword, page, cursor), now);
    found.push(answer);
    cursor = answer.next?.cursor;
  }
  return found;
}

const articlesOf = (pages: Awaited<ReturnType<typeof read>>): CrawledArticle[] =>
  pages.flatMap(({ items }) => items.flatMap((item) => (item.state === 'article' ? [item.article] : [])));

describe.each(drivers)('the sample site of $name ($driverName)', (asked) => {
  const { platform } = asked;

  test('has full pages for any keyword, and the next one', async () => {
    const [page] = await read(asked, '精华水', 1);

    expect(page?.items.length).toBeGreaterThanOrEqual(platform.pageSize);
    expect(page?.next).toBeDefined();
  });

  test('has everything that can be read: articles, advertisements, cards of other kinds, and no unreadable time', async () => {
    const items = (await read(asked, '精华水', 10)).flatMap((page) => page.items);
    const states = new Set(items.map((item) => (item.state === 'article' ? 'article' : item.reason)));

    expect(states).toContain('article');
    expect(states.has('advertisement') || states.has('no-content')).toBe(true);
    expect(states).not.toContain('unreadable-time');
  });

  test('repeats articles across its pages, and is in no order of time', async () => {
    const articles = articlesOf(await read(asked, '抗老', 12));
    const times = articles.map(({ post_time }) => post_time);

    expect(new Set(articles.map(({ article_key }) => article_key)).size).toBeLessThan(articles.length);
    expect(times).not.toEqual([...times].sort().reverse());
    expect(times.every((time) => new Date(time) <= now)).toBe(true);
  });

  test('tells the same articles when it is asked again', async () => {
    const keys = async () => articlesOf(await read(asked, '防晒', 3)).map(({ article_key }) => article_key);

    expect(await keys()).toEqual(await keys());
  });

  test('has some in common for two keywords, and most not', async () => {
    const [one, other] = await Promise.all(
      ['面霜', '口红'].map(async (keyword) =>
        articlesOf(await read(asked, keyword, 5)).map(({ article_key }) => article_key),
      ),
    );
    const common = one?.filter((key) => other?.includes(key)) ?? [];

    expect(common.length).toBeGreaterThan(0);
    expect(common.length).toBeLessThan((one?.length ?? 0) / 2);
  });

  test('finds nothing for an unused word, and ends after its last page', async () => {
    expect((await read(asked, '查无此词', 1))[0]).toMatchObject({ items: [], next: undefined });
    const last = Math.ceil(1200 / platform.pageSize);
    const cursor = asked.name === 'douyin' ? { cursor: (last - 1) * platform.pageSize } : undefined;
    const first = (asked.driver as Driver).read(await pageOf(asked, '水', 1), now);
    const page = (asked.driver as Driver).read(await pageOf(asked, '水', last, cursor ?? first.next?.cursor), now);
    // A platform that doesn't say so shows it by an empty page.
    const beyond =
      page.next && (asked.driver as Driver).read(await pageOf(asked, '水', last + 1, page.next.cursor), now);

    expect((beyond ?? page).next).toBeUndefined();
  });

  const failures = [
    { kind: 'login-wall', error: 'LoginWantedError' },
    { kind: 'captcha', error: 'BlockedError' },
    { kind: 'throttled', error: 'ThrottledError' },
    { kind: 'no-balance', error: 'BalanceError' },
    { kind: 'unknown-shape', error: 'UnknownShapeError' },
    { kind: 'half', error: 'UnknownShapeError' },
    { kind: 'status', error: 'TransientError' },
  ] as const;

  test.each(failures)('$kind is $error, and never an empty page', async ({ kind, error }) => {
    sites.fault({ kind });
    const answer = await pageOf(asked, '水', 1);

    // Half a page of HTML comes again; half of a JSON may be a new shape as well.
    const name = asked.name === 'weixin' && asked.driverName === 'native' && kind === 'half' ? 'TransientError' : error;
    expect(() => (asked.driver as Driver).read(answer, now)).toThrow(expect.objectContaining({ name }));
  });

  test('unreadable times are problems, one by one', async () => {
    sites.fault({ kind: 'unreadable-times' });
    const items = (await read(asked, '水', 1)).flatMap((page) => page.items);
    const known = items.filter(({ state }) => state === 'article').length;

    expect(items.filter((item) => item.state === 'problem').length).toBeGreaterThan(5);
    // A note's own id tells its time.
    expect(known === 0 || asked.name === 'redbook').toBe(true);
  });

  test('nothing found is an empty page', async () => {
    sites.fault({ kind: 'nothing-found' });

    expect((await read(asked, '水', 1))[0]?.items).toEqual([]);
  });
});

describe('a fault of the sample sites', () => {
  test('strikes as often as it is told, and only where it is told', async () => {
    sites.fault({ kind: 'status', status: 503, site: 'bili', path: 'search', times: 2 });
    const bili = () => fetch(`${sites.urlOf('bili')}/x/web-interface/search/type?keyword=a`);
    const statuses = [await bili(), await bili(), await bili()].map(({ status }) => status);

    expect(statuses).toEqual([503, 503, 200]);
    expect((await fetch(`${sites.urlOf('weibo')}/api/config`)).status).toBe(200);
  });

  test('is ordered over HTTP, too, and an order that makes no sense is refused', async () => {
    const order = (body: string) => fetch(`${sites.controlUrl}/faults`, { method: 'POST', body });

    expect((await order('{"kind":"captcha","site":"weixin"}')).status).toBe(200);
    expect((await order('{"kind":"thunder"}')).status).toBe(400);
    expect(await (await fetch(`${sites.controlUrl}/faults`)).json()).toMatchObject([
      { kind: 'captcha', site: 'weixin' },
    ]);
  });
});
