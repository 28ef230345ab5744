import { expect, test } from 'vitest';
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
