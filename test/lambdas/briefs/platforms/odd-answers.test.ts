import { describe, expect, test } from 'vitest';
import { crawledArticle } from '../../../../lambdas/briefs/article/article.ts';
import { platforms } from '../../../../lambdas/briefs/platforms/index.ts';
import type { PlatformName } from '../../../../lambdas/briefs/platforms/names.ts';
import type { DriverName, SearchPage } from '../../../../lambdas/briefs/platforms/platform.ts';
import { ThrottledError, TransientError } from '../../../../lambdas/kit/errors.ts';
import { storableJson } from '../../../../lambdas/kit/text/storable.ts';
import { answered, crawledAt } from './answers.ts';
import { aweme, gateway, kinds, video, weiboPost } from './sound-items.ts';

/** Answers that are like a platform's but for one value in them, which is each time another oddity. */

const missing = Symbol('missing');
// A name that no object of our own has: JSON can bring it.
const unprintable = JSON.parse('{"toString":1,"valueOf":1,"__proto__":{"x":1}}');
const oddities = [
  ...[missing, null, '', ' ', '-', 0, -1, 1.5, 1e300, 2 ** 60, 253402300800, 1.7e15, true, false],
  ...[[], {}, [null], [[]], { text: 'x' }, unprintable, 'abc', '1.2万', '10w+', '1.7e15', '999999天前'],
  ...[
    '0000-00-00',
    '昨天 99:99',
    '1e999',
    '9'.repeat(40),
    '99999999999:59',
    '😀\0\ud800',
    '<em>x</em><script>y</script>',
  ],
  ...[
    'javascript:alert(1)',
    'http://',
    '//',
    'https://[',
    '字'.repeat(400_000),
    `1${' '.repeat(20_000)}b`,
    '#a'.repeat(20_000),
    '<b>'.repeat(5_000),
  ],
] as const;

/** Every place in a value, the value itself not among them. */
function placesIn(value: unknown): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[name], ...placesIn(inner).map((path) => [name, ...path])]);
}

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  const inner = replaced((copy as Record<string, unknown>)[name], rest, by);
  if (inner === missing) delete (copy as Record<string, unknown>)[name];
  else (copy as Record<string, unknown>)[name] = inner;
  return copy;
}

const driverOf = (name: PlatformName, driver: DriverName) => {
  const found = platforms.find((platform) => platform.name === name)?.drivers[driver];
  if (!found) throw new Error(`${name} has no ${driver} driver`);
  return found;
};
const refusals = new Set(['LoginWantedError', 'BlockedError', 'BalanceError', 'UnknownShapeError']);
const isRefusal = (error: unknown) =>
  error instanceof ThrottledError || error instanceof TransientError || refusals.has((error as Error).name);

// Kafka takes a MiB a record; a page of forty such articles is still read.
const largestArticleBytes = 512 * 1024;
// A key of PostgreSQL's has a third of 8 KiB at most.
const longestPlace = 200;

/** What keeps a page from being used, in words; nothing for a page of articles that can be stored. */
function faultsOf({ items }: SearchPage): readonly string[] {
  return items.flatMap((item) => {
    if (item.place.length > longestPlace) return [`a place of ${item.place.length}`];
    if (item.state !== 'article') return [];
    const read = crawledArticle.safeParse(storableJson(item.article));
    const bytes = Buffer.byteLength(JSON.stringify(item.article));
    if (!read.success) return [JSON.stringify(read.error.issues)];
    return bytes > largestArticleBytes ? [`an article of ${bytes} bytes`] : [];
  });
}

describe.each(kinds)('%s by its %s driver', (name, driverName, item, page) => {
  const { read, details = {} } = driverOf(name, driverName);
  const sound = [1, 2, 3].map(item);
  const expected = read(answered(page(sound)), crawledAt);

  test('reads the page that the others vary', () => {
    expect(expected.items.map(({ state }) => state)).toEqual(['article', 'article', 'article']);
    expect(faultsOf(expected)).toEqual([]);
  });

  test('an odd value in one item never harms the others, and what is read can be stored', () => {
    for (const path of placesIn(sound[1]))
      for (const odd of oddities) {
        const list = sound.map((one, index) => (index === 1 ? replaced(one, path, odd) : one));
        const what = `${path.join('.')}: ${String(JSON.stringify(odd)).slice(0, 60)}`;
        const found = read(answered(page(list)), crawledAt);
        expect(faultsOf(found), what).toEqual([]);
        expect([found.items[0], found.items.at(-1)], what).toEqual([expected.items[0], expected.items[2]]);
      }
  });

  test('an item of another kind never harms the others', () => {
    for (const odd of oddities) {
      if (odd === missing) continue;
      const found = read(answered(page([sound[0], odd, sound[2]])), crawledAt);
      expect(faultsOf(found)).toEqual([]);
      expect([found.items[0], found.items.at(-1)], JSON.stringify(odd).slice(0, 60)).toEqual([
        expected.items[0],
        expected.items[2],
      ]);
    }
  });

  test('an odd envelope is refused by name, or is the page all the same', () => {
    const envelope = page(sound);
    const paths = placesIn(page([]));
    for (const path of paths)
      for (const odd of oddities) {
        try {
          expect(faultsOf(read(answered(replaced(envelope, path, odd)), crawledAt))).toEqual([]);
        } catch (error) {
          expect(isRefusal(error), `${path.join('.')}: ${String(JSON.stringify(odd)).slice(0, 60)}: ${error}`).toBe(
            true,
          );
        }
      }
  });

  test('a detail of any kind of JSON is refused by name, or tells something', () => {
    for (const { read: readDetail } of Object.values(details))
      for (const odd of oddities)
        for (const body of [odd, { ok: 1, data: odd }, gateway(odd), gateway({ data: odd }), gateway({ user: odd })]) {
          try {
            if (body !== missing) readDetail(answered(body));
          } catch (error) {
            expect(isRefusal(error), `${String(JSON.stringify(odd)).slice(0, 60)}: ${error}`).toBe(true);
          }
        }
  });
});

test('ids that a number would round are read as they are written', () => {
  const text = JSON.stringify(gateway({ status_code: 0, data: [aweme(1)] })).replace(
    '"7584769166932233471"',
    '7584769166932233471',
  );
  const { items } = driverOf('douyin', 'gateway').read(answered(text), crawledAt);

  expect(items).toMatchObject([{ article: { article_key: 'https://www.douyin.com/video/7584769166932233471' } }]);
});

test('numbers and marks of an envelope that come as text mean the same', () => {
  const douyin = driverOf('douyin', 'gateway');
  const asText = { code: '200', data: { status_code: '0', data: [aweme(1)], cursor: '20', has_more: '1' } };
  const bili = { code: '0', data: { page: '50', numPages: '50', result: [video(1), { ...video(2), is_ad: '1' }] } };

  expect(douyin.read(answered(asText), crawledAt)).toMatchObject({
    items: [{ state: 'article' }],
    next: { cursor: { cursor: 20 } },
  });
  expect(driverOf('bili', 'native').read(answered(bili), crawledAt)).toMatchObject({
    items: [{ state: 'article' }, { state: 'dropped', reason: 'advertisement' }],
    next: undefined,
  });
  expect(() => douyin.read(answered({ code: '402', data: null }), crawledAt)).toThrow(
    expect.objectContaining({ name: 'BalanceError' }),
  );
});

test.each([
  ['missing', undefined],
  ['of no number', 'abc'],
  ['that begins anew', 0],
])('a cursor %s ends a search: the next call would bring the same page', (_what, cursor) => {
  const page = gateway({ status_code: 0, data: [aweme(1)], cursor, has_more: 1 });

  expect(driverOf('douyin', 'gateway').read(answered(page), crawledAt).next).toBeUndefined();
});

test('a refusal that looks like an empty page is one', () => {
  const guard = { status_code: 0, data: [], search_nil_info: { search_nil_type: 'verify_check' } };
  const refused = (name: PlatformName, data: object) => () =>
    driverOf(name, 'gateway').read(answered(gateway(data)), crawledAt);

  expect(refused('douyin', guard)).toThrow(expect.objectContaining({ name: 'BlockedError' }));
  expect(refused('douyin', { ...guard, status_code: 2483 })).toThrow(
    expect.objectContaining({ name: 'UnknownShapeError' }),
  );
  expect(refused('redbook', { code: -104, data: { items: [] } })).toThrow(
    expect.objectContaining({ name: 'UnknownShapeError' }),
  );
  expect(() => driverOf('weibo', 'native').read(answered({ ok: 1, data: {} }), crawledAt)).toThrow(
    expect.objectContaining({ name: 'UnknownShapeError' }),
  );
});

test('a card of weibo has its own post beside those of its group, and groups end', () => {
  const read = (card: object) =>
    driverOf('weibo', 'native').read(answered({ ok: 1, data: { cards: [card] } }), crawledAt);
  const deep = Array.from({ length: 1000 }).reduce<object>(
    (card_group) => ({ card_group: [card_group] }),
    weiboPost(1),
  );

  expect(read({ ...weiboPost(1), card_group: [weiboPost(2)] }).items.map(({ place }) => place)).toEqual([
    '/data/cards/0',
    '/data/cards/0/card_group/0',
  ]);
  expect(read(deep).items).toMatchObject([{ state: 'dropped', reason: 'no-content' }]);
});

test('Sogou’s rows with odd addresses and times harm no other row', () => {
  const row = (href: string, time: string) =>
    `<li><h3><a href="${href}">高考</a></h3><div class="s-p" t="${time}"><a class="account">占豪</a></div></li>`;
  const times = ['1498908951', '9'.repeat(30), '', '-1', '昨天', '999999天前', '1498908951000000'];
  const hrefs = [
    'http://',
    'https://[',
    'javascript:alert(1)',
    '',
    `/link?url=${'x'.repeat(400_000)}`,
    '//',
    '/link?url=a',
  ];
  const rows = [...times.map((time) => row('/link?url=t', time)), ...hrefs.map((href) => row(href, '1498908951'))];
  const html = `<html><body><ul class="news-list">${rows.join('')}</ul></body></html>`;
  const page = driverOf('weixin', 'native').read(answered(html), crawledAt);

  expect(faultsOf(page)).toEqual([]);
  expect(page.items).toHaveLength(rows.length);
  expect(page.items.at(-1)).toMatchObject({ state: 'article', article: { user_name: '占豪' } });
});

describe('what is nested thousands deep', () => {
  const deep = (text: string) => `${'<em>'.repeat(20_000)}${text}${'</em>'.repeat(20_000)}`;
  const { read } = driverOf('weixin', 'native');
  const row = (title: string, account: string) =>
    `<li><div><h3><a href="/link?url=a">${title}</a></h3><p class="txt-info">${title}</p><div class="s-p" t="1498908951"><a class="account">${account}</a></div></div></li>`;
  const shown = (answer: string | object) =>
    read(answered(answer), crawledAt).items.map((item) =>
      item.state === 'article' ? [item.article.title, item.article.user_name] : [item.state],
    );

  test('in a row of Sogou’s is read, with the rows around it', () => {
    const rows = [
      row('一', '甲'),
      row(deep('二'), '乙'),
      row('三', deep('丙')),
      row('<em>'.repeat(20_000), '丁'),
      row('五', '戊'),
    ];
    const html = `<html><body><ul class="news-list">${rows.join('')}</ul></body></html>`;

    expect(shown(html)).toEqual([['一', '甲'], ['二', '乙'], ['三', '丙'], ['dropped'], ['五', '戊']]);
  });

  test('around the list is no part of it', () => {
    const html = `<html><body>${deep('x')}<ul class="news-list">${row('一', '甲')}</ul>${'<div>'.repeat(20_000)}</body></html>`;

    expect(shown(html)).toEqual([['一', '甲']]);
  });

  test('in the XML of the WAP answer is read, too', () => {
    const xml = (title: string) =>
      `<DOCUMENT><item><display><title>${title}</title><url>http://mp.weixin.qq.com/s?src=3</url><sourcename>甲</sourcename><lastModified>1498908951</lastModified></display></item></DOCUMENT>`;

    expect(shown({ items: [xml('一'), xml(deep('二')), xml('三')] })).toEqual([
      ['一', '甲'],
      ['二', '甲'],
      ['三', '甲'],
    ]);
  });

  test('in a value of JSON harms no item beside it, also where ids are long', () => {
    const created_at = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const cards = [weiboPost(1), weiboPost(2), weiboPost(3)];
    const text = JSON.stringify({ ok: 1, data: { cards, since_id: 0 } })
      .replace(/"created_at":"[^"]*"/, `"created_at":${created_at}`)
      .replace('"since_id":0', '"since_id":49123456789012345678');
    const { items } = driverOf('weibo', 'native').read(answered(text), crawledAt);

    expect(items.map(({ state }) => state)).toEqual(['problem', 'article', 'article']);
  });
});
