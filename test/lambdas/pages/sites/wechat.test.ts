import { expect, test } from 'vitest';
import { mainText } from '#pages/main-text.ts';

const lines = [
  '北湾渡轮公司把第三艘电动渡轮投入营运。',
  '新船长三十八米，载客两百六十人。',
  '充一次电可以来回十二趟。',
];
const picture =
  '<p><img class="rich_pages" data-src="https://pages.example/0?wx_fmt=png" data-ratio="0.5" data-w="1080"></p>';
const sections = lines
  .map((line) => `<section style="line-height: 2em;"><span>${line}</span></section>${picture}`)
  .join('');
const account = 'https://mp.weixin.qq.com/s/abc';

const articlePage = `<!DOCTYPE html><html><head><meta property="og:title" content="渡轮 og"><title></title></head>
<body id="activity-detail"><div class="rich_media"><h1 class="rich_media_title" id="activity-name">
 渡轮复航 </h1><div id="meta_content"><a id="js_name">北湾日报</a></div>
<div class="rich_media_content js_underline_content autoTypeSetting24psection" id="js_content" style="visibility: hidden; opacity: 0; ">${sections}</div>
</div><div id="js_pc_qr_code" style="display:none;"><p>微信扫一扫关注该公众号</p></div><script>var a = "<p>no text</p>";</script></body></html>`;

test.each([account, 'https://copies.example/1'])('an article of WeChat is its own text and title, at %s', (url) => {
  expect(mainText(articlePage, url)).toEqual({ title: '渡轮复航', text: lines.join('\n') });
});

test('a post of pictures has its text in a script', () => {
  const html = `<html><head><meta property="og:title" content="渡轮"></head><body><div id="js_share"></div>
<script>window.cgiDataNew = { title: 'x', content_noencode: '第一行\\x0a第二行 \\x26lt;三\\x26gt; \\'四\\'', a: 1 };</script></body></html>`;

  expect(mainText(html, account)).toEqual({ title: '渡轮', text: "第一行\n第二行 <三> '四'" });
});

test('a page of WeChat without an article is read like any other', () => {
  const { text } = mainText(
    '<html><body><div class="weui-msg"><h2>该内容已被发布者删除</h2></div></body></html>',
    account,
  );

  expect(text).toBe('该内容已被发布者删除');
});

test('another page with a js_content of its own is read like any other', () => {
  const { text } = mainText(
    '<html><body><div id="js_content">one</div><p>two</p></body></html>',
    'https://pages.example/',
  );

  expect(text).toContain('two');
});
