import { describe, expect, test } from 'vitest';
import { mainText } from '#pages/main-text.ts';

/** Articles that a page hides until a script shows them, and what pages hide for good. */

const lines = [
  '渡轮公司周二表示，停航半年的渡轮将于下周恢复航行，票价不变，市民可在码头购票。',
  '港务局局长在记者会上说明，船只已经全面检修，新的发动机更安静，也更省油。',
  '乘客代表希望增加夜间班次，公司答应在春节之前给出答复，并公布完整的时刻表。',
  '这条航线有一百年的历史，连接北湾与旧城，每天有三千多人乘坐，周末还要更多。',
  '市政府为新船提供了一半的资金，其余部分由公司在五年之内分期偿还，利息由基金承担。',
];
const article = lines.map((line) => `<p>${line}</p>`).join('');
const page = (body: string, head = '') =>
  `<html><head><title>渡轮复航</title>${head}</head><body><div class="top"><a href="/">首页</a> 微信扫一扫</div>${body}</body></html>`;
const json = (text: string) => JSON.stringify(text).slice(1, -1);

const ways: Readonly<Record<string, string>> = {
  'visibility and opacity': page(`<div id="js_article" style="visibility: hidden; opacity: 0;">${article}</div>`),
  'display: none': page(`<div id="main" style="display:none">${article}</div>`),
  'the attribute hidden': page(`<main hidden>${article}</main>`),
  'aria-hidden': page(`<div id="content" aria-hidden="true">${article}</div>`),
  'opacity alone': page(`<div style="opacity:0">${article}</div>`),
  'a class of a style sheet': page(`<div class="wait">${article}</div>`, '<style>.wait { display: none }</style>'),
  'hidden in hidden': page(`<div style="display:none"><section hidden>${article}</section></div>`),
  'a body that is hidden': `<html><head><title>渡轮复航</title></head><body style="visibility:hidden"><div><a href="/">首页</a></div><div>${article}</div></body></html>`,
  'a copy for browsers without scripts': page(`<div id="app"></div><noscript>${article}</noscript>`),
  'a template': page(`<div id="app"></div><template>${article}</template>`),
  'a field of text': page(`<textarea style="display:none">${article.replaceAll('<', '&lt;')}</textarea>`),
  'JSON-LD': page(
    '<div id="app"></div>',
    `<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","articleBody":"${json(lines.join('\n'))}"}]}</script>`,
  ),
  'the state of a script': page(
    `<div id="app"></div><script>window.__STATE__ = {"post":{"id":7,"content":"${json(article)}"}};</script>`,
  ),
  'data as JSON': page(
    `<div id="app"></div><script id="__NEXT_DATA__" type="application/json">{"props":{"post":{"body":"${json(article)}"}}}</script>`,
  ),
  'pictures that load late': page(
    `<div style="display: none">${lines.map((line) => `<p>${line}</p><p><img data-src="a.png" width="1"></p>`).join('')}</div>`,
  ),
};

test.each(Object.entries(ways))('an article hidden by %s is the text', (_way, html) => {
  const { title, text } = mainText(html);

  expect(title).toBe('渡轮复航');
  expect(text.split('\n').filter((line) => lines.includes(line))).toEqual(lines);
  expect(text).not.toContain('微信扫一扫');
});

test('hidden paragraphs stand on lines of their own, whatever stands behind them', () => {
  const { text } = mainText(
    page(`<div id="app"></div><template><div>${lines[0]}</div>${lines[1]}<p>${lines[2]}</p>${lines[3]}</template>`),
  );

  expect(text.split('\n').filter((line) => lines.includes(line))).toEqual(lines.slice(0, 4));
});

test('the rest of an article that a button opens is part of it', () => {
  const shown = article.repeat(1);
  const rest = Array.from({ length: 6 }, (_, at) => `<p>第${at}段，${lines[at % 5]}这是后来才显示的部分。</p>`).join(
    '',
  );
  const { text } = mainText(page(`<div class="text">${shown}<div style="display:none">${rest}</div></div>`));

  expect(text).toContain(lines[0]);
  expect(text).toContain('第5段');
});

describe('what is hidden for good stays so', () => {
  const notice = '我们使用 Cookie 来改善您的体验。继续浏览即表示您同意我们使用 Cookie。请阅读隐私政策与用户协议。';
  const long = '订阅我们的通讯，每周获得精选内容，绝不错过任何重要消息，也可以随时退订，完全免费。'.repeat(6);
  const junk: Readonly<Record<string, string>> = {
    'a menu': `<ul style="display:none">${'<li><a href="/x">频道名称很长的一个链接。</a></li>'.repeat(60)}</ul>`,
    'a dialog about cookies': `<div class="cookie-dialog" style="display:none"><p>${notice.repeat(8)}</p></div>`,
    'a notice about cookies without a name': `<div hidden><p>${notice.repeat(8)}</p></div>`,
    'a dialog by its role': `<div role="dialog" aria-hidden="true"><p>${long}</p></div>`,
    'a letter to subscribe to': `<div id="newsletter" hidden><p>${long}</p></div>`,
    'a form': `<div style="display:none"><form><p>${long}</p><input><input><input></form></div>`,
    'a word to those without scripts': `<noscript><p>You need to enable JavaScript to run this app. ${'Please enable JavaScript. '.repeat(10)}</p></noscript>`,
  };

  test.each(Object.entries(junk))('%s behind an article', (_what, hidden) => {
    expect(mainText(page(`<article>${article}</article>${hidden}`)).text).toBe(lines.join('\n'));
  });

  test.each(Object.entries(junk))('%s on a page that says little', (_what, hidden) => {
    expect(mainText(page(`<div><p>${lines[0]}</p></div>${hidden}`)).text).toContain(lines[0]);
    expect(mainText(page(`<div><p>${lines[0]}</p></div>${hidden}`)).text.length).toBeLessThan(100);
  });
});
