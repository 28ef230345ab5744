import { expect, test } from 'vitest';
import { idOf } from '../../../../lambdas/briefs/article/detail.ts';
import { BlockedError, UnknownShapeError } from '../../../../lambdas/briefs/platforms/refusals.ts';
import { weixin } from '../../../../lambdas/briefs/platforms/weixin.ts';
import { answered, articlesOf, crawledAt, fatesOf } from './answers.ts';

const driver = weixin.drivers.native;
const read = (...answer: Parameters<typeof answered>) => {
  if (!driver) throw new Error('no native driver');
  return driver.read(answered(...answer), crawledAt);
};

const row = ({
  href = '/link?url=abc&amp;k=1',
  foot = '',
  title = '<em><!--red_beg-->高考<!--red_end--></em>有多重要',
} = {}) => `
<li id="box_0"><div class="img-box"><a href="${href}"><img src="//img.example/x.jpg"></a></div>
<div class="txt-box"><h3>
<a target="_blank" href="${href}">${title}</a>
</h3><p class="txt-info">摘要&ldquo;<em>高考</em>&rdquo;...</p>${foot}</div></li>`;
const older = `<div class="s-p" t="1498908951"><a class="account" i="oIWsFt8n">占豪</a><span class="s2"><script>document.write(timeConvert('1498908951'))</script></span></div>`;
const newer = `<div class="s-p"><span class="all-time-y2">占豪</span><span class="s2"><script>document.write(timeConvert('1498908951'))</script></span></div>`;
const list = (rows: string, next = true) =>
  `<html><body><ul class="menu"><li>x</li></ul><ul class="news-list">${rows}</ul>${next ? '<a id="sogou_next" href="?page=2">下一页</a>' : ''}</body></html>`;

test.each([
  ['older', older, 'oIWsFt8n'],
  ['newer', newer, null],
])('a row of the %s page is an article', (_, foot, user_id) => {
  expect(articlesOf(read(list(row({ foot }))).items)).toEqual([
    expect.objectContaining({
      url: 'https://weixin.sogou.com/link?url=abc&k=1',
      title: '高考有多重要',
      content: '摘要“高考”...',
      post_time: '2017-07-01T11:35:51.000Z',
      user_name: '占豪',
      user_id,
      like: null,
      read: null,
    }),
  ]);
});

test('the same article is the same whatever its link of today', () => {
  const keys = [row({ foot: older }), row({ foot: newer, href: '/link?url=other' })].map(
    (one) => articlesOf(read(list(one)).items)[0]?.article_key,
  );

  expect(keys[0]).toBe(keys[1]);
  expect(articlesOf(read(list(row({ foot: older, title: '另一篇' }))).items)[0]?.article_key).not.toBe(keys[0]);
});

test('the WAP answer holds XML in JSON, and tells how often an article was read', () => {
  const xml = `<?xml version="1.0" encoding="gbk"?><DOCUMENT><item><display><title><![CDATA[高考有多重要]]></title>
    <url><![CDATA[http://mp.weixin.qq.com/s?src=3]]></url><sourcename><![CDATA[占豪]]></sourcename><openid>oIW</openid>
    <content168><![CDATA[摘要]]></content168><lastModified>1498908951</lastModified><imglink>http://i.example/1</imglink></display>
    <rank read="100000+" /></item></DOCUMENT>`;
  const page = read({ items: [xml], page: 1, totalPages: 10 });

  expect(articlesOf(page.items)[0]).toMatchObject({
    title: '高考有多重要',
    user_name: '占豪',
    user_id: 'oIW',
    content: '摘要',
    post_time: '2017-07-01T11:35:51.000Z',
    read: 100_000,
    at_least: ['read'],
  });
  expect(page.next).toEqual({ cursor: undefined });
});

test('a row without a time is a problem, and one without a link is dropped', () => {
  const { items } = read(list(`${row()}<li><h3>没有链接</h3></li>`));

  expect(fatesOf(items)).toEqual(['problem: unreadable-time', 'dropped: no-content']);
});

test('the page without a next one is the last', () => {
  expect(read(list(row({ foot: older }), false)).next).toBeUndefined();
  expect(read(list(row({ foot: older }))).next).toEqual({ cursor: undefined });
  expect(read('<html><div id="noresult_part1_container">没有找到相关的微信公众号文章。</div></html>')).toEqual({
    items: [],
    next: undefined,
  });
});

test.each([
  ['the page of a captcha', '<form id="seccodeForm"><input name="c"></form>', {}, BlockedError],
  ['a redirect to the guard', '<html></html>', { url: 'https://weixin.sogou.com/antispider/?from=x' }, BlockedError],
  ['a page under construction', '<html><body>系统维护中</body></html>', {}, UnknownShapeError],
] as const)('%s is a refusal, never an empty page', (_, body, over, refusal) => {
  expect(() => read(body, over)).toThrow(refusal);
});

const gateway = weixin.drivers.gateway;
const wrapped = (data: unknown) => answered({ code: 200, router: '/x', params: {}, request_id: 'r', data });
const hit = {
  title: '<em class="highlight">高考</em>有多重要',
  desc: '摘要 &amp; <em class="highlight">高考</em>',
  doc_url: 'http://mp.weixin.qq.com/s?__biz=MzA3&mid=26&idx=1&sn=ab&chksm=cd&scene=0&sessionid=9#rd',
  timestamp: 1498908951,
  source: { title: '占豪' },
};

test('the gateway’s search goes on by offset, and its articles lose what belongs to a session', () => {
  const [first, second] = [1, 2].map((page) =>
    gateway.search({ keyword: '高考', page, cursor: undefined, from: crawledAt, until: crawledAt }),
  );
  const page = gateway.read(wrapped({ items: [hit], no_more: false }), crawledAt);
  const [article] = articlesOf(page.items);

  expect([first?.query?.offset, second?.query?.offset]).toEqual(['0', '20']);
  expect(article).toMatchObject({
    url: 'https://mp.weixin.qq.com/s?__biz=MzA3&idx=1&mid=26&sn=ab',
    title: '高考有多重要',
    content: '摘要 & 高考',
    post_time: '2017-07-01T11:35:51.000Z',
    user_name: '占豪',
    like: null,
  });
  expect(article?.article_key).toBe(articlesOf(read(list(row({ foot: older }))).items)[0]?.article_key);
  expect(page.next).toEqual({ cursor: undefined });
  expect(gateway.read(wrapped({ items: [hit], no_more: true }), crawledAt).next).toBeUndefined();
  expect(gateway.read(wrapped({ items: [] }), crawledAt)).toEqual({ items: [], next: undefined });
  expect(() => gateway.read(wrapped({ wanted: 1 }), crawledAt)).toThrow(UnknownShapeError);
});

test.each([
  ['of parameters', hit.doc_url, 'https://mp.weixin.qq.com/s?__biz=MzA3&idx=1&mid=26&sn=ab'],
  ['of a token', 'https://mp.weixin.qq.com/s/Iv-xRz_7LW?scene=1', 'https://mp.weixin.qq.com/s/Iv-xRz_7LW'],
])('an article with an address %s is asked for its figures by it', (_, doc_url, asked) => {
  const [article] = articlesOf(gateway.read(wrapped({ items: [{ ...hit, doc_url }] }), crawledAt).items);
  const note = gateway.details?.note;
  const subject = article && note?.subject(article);

  expect(subject && note?.ask(subject)).toMatchObject({ method: 'POST', body: { url: asked } });
  expect(idOf(subject ?? '')).toBe(article?.platform_id);
  expect(note?.read(wrapped({ read_num: 100_001, like_count: '1.2万', old_like_count: 3, comment_count: 0 }))).toEqual({
    read: 100_001,
    like: 12_000,
    comment: 0,
    share: null,
    collect: null,
  });
});

test('an article with a link that expires is asked for the address that stays', () => {
  const doc_url = 'https://weixin.sogou.com/link?url=dn9a_x&type=2&query=高考';
  const [article] = articlesOf(gateway.read(wrapped({ items: [{ ...hit, doc_url }] }), crawledAt).items);
  const note = gateway.details?.note;
  const subject = article && note?.subject(article);

  expect(subject && note?.ask(subject).query).toEqual({ sogou_url: new URL(doc_url).href });
  expect(idOf(subject ?? '')).toBe(article?.platform_id);
  expect(note?.read(wrapped({ weixin_url: 'https://mp.weixin.qq.com/s/abc' }))).toEqual({
    url: 'https://mp.weixin.qq.com/s/abc',
  });
  expect(() => note?.read(wrapped({ url: 'https://weixin.sogou.com/antispider/?from=x' }))).toThrow(UnknownShapeError);
});

test('a hit without a time is a problem, one without title or address is dropped', () => {
  const items = [{ ...hit, timestamp: undefined }, { ...hit, title: '' }, { ...hit, doc_url: '' }, null];

  expect(fatesOf(gateway.read(wrapped({ items }), crawledAt).items)).toEqual([
    'problem: unreadable-time',
    'dropped: no-content',
    'dropped: no-content',
    'dropped: no-content',
  ]);
});
