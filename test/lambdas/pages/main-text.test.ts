import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { mainText } from '#pages/main-text.ts';
import { meanF1 } from '../../../bench/pages/main-text-score.ts';

const sentence =
  'The harbour office said on Tuesday that the ferry, which had been out of service since spring, will sail again. ';
const article = (extra = '') => `<!doctype html><html><head><title>Ferry sails again</title>
<script>var tracking = "advertisement";</script></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Ferry sails again</h1>${`<p>${sentence.repeat(3)}</p>`.repeat(4)}${extra}</article>
<div class="comments"><p>First!</p></div><footer>All rights reserved</footer></body></html>`;

test('an article is found without navigation, scripts, comments and footer', () => {
  const { title, text } = mainText(article());

  expect(title).toBe('Ferry sails again');
  expect(text.split('\n').filter((line) => line === sentence.repeat(3).trim())).toHaveLength(4);
  expect(text).not.toMatch(/Sport|tracking|First!|All rights reserved/);
});

test('a Chinese article comes out with its paragraphs on lines of their own', () => {
  const paragraphs = ['渡轮公司周二表示，停航半年的渡轮将于下周恢复航行，', '票价不变，', '市民可在码头购票。'].map(
    (start) => `${start}港务局局长在记者会上说明，船只已经全面检修，安全无虞，请民众放心搭乘。`.repeat(3),
  );
  const { text } = mainText(
    `<html><head><title>渡轮复航</title></head><body><div id="nav"><a href="/">首页</a></div><div class="content">${paragraphs
      .map((paragraph) => `<p>${paragraph}</p>`)
      .join('')}</div></body></html>`,
  );

  expect(text).toBe(paragraphs.join('\n'));
});

test.each([
  ['a fragment', '<p>just <b>this</b> &amp; that</p>', 'just this & that'],
  ['plain text', 'no markup at all', 'no markup at all'],
  ['a page without a body tag', '<html><head><title>T</title></head><p>hello</p>', 'hello'],
  ['tags that are never closed', '<html><body><div><p>one<p>two', 'one\ntwo'],
  ['nothing', '', ''],
  ['only a script', '<html><body><script>var a = "<p>text</p>"</script></body></html>', ''],
  ['a frameset', '<html><frameset><frame src="a.html"></frameset></html>', ''],
])('%s gives what text it has', (_name, html, text) => {
  expect(mainText(html).text).toBe(text);
});

test.each([
  ['a million elements inside each other', '<b>'.repeat(1_000_000), ''],
  ['a hundred thousand levels with text', `${'<div>'.repeat(100_000)}text`, 'text'],
])('%s have what text they have', (_name, html, text) => {
  expect(mainText(html).text).toBe(text);
});

test.each([
  ['paragraphs', '<p>a</p>'.repeat(200_000), 400_000 - 1],
  ['ampersands', '&'.repeat(1_000_000), 1_000_000],
  ['brackets', '<'.repeat(1_000_000), 1_000_000],
])('a page of nothing but %s gives its whole text', (_name, html, characters) => {
  expect(mainText(html).text).toHaveLength(characters);
});

const pages = join(import.meta.dirname, '../../../../../shared/data/pages');

describe.skipIf(!existsSync(pages))('beside real pages (absent: ../shared/data/pages)', () => {
  test('the mean F1 over the extraction benchmark is 0.94 and better', () => {
    const folder = join(pages, 'extraction-benchmark');
    const truth: Record<string, { articleBody: string }> = JSON.parse(
      readFileSync(join(folder, 'ground-truth.json'), 'utf8'),
    );
    const pairs = Object.entries(truth).map(([id, { articleBody }]) => {
      const html = gunzipSync(readFileSync(join(folder, 'html', `${id}.html.gz`))).toString('utf8');
      return { expected: articleBody, found: mainText(html).text };
    });

    expect(meanF1(pairs)).toBeGreaterThanOrEqual(0.94);
  });

  test.each(['qq', 'gmw'])('the Chinese page %s is right to the character', (name) => {
    const html = readFileSync(join(pages, 'readability', name, 'source.html'), 'utf8');
    const expected = mainText(readFileSync(join(pages, 'readability', name, 'expected.html'), 'utf8')).text;
    const plain = (text: string) => text.replace(/\s+/g, '');

    expect(plain(mainText(html).text)).toBe(plain(expected));
  });
});
