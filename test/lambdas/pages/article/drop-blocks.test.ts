import { describe, expect, test } from 'vitest';
import { mainText } from '#pages/main-text.ts';

const english =
  'The harbour office said on Tuesday that the ferry, out of service since spring, will sail again next week. ';
const chinese = '渡轮公司周二表示，停航半年的渡轮将于下周恢复航行，船只已经全面检修，安全无虞，请民众放心搭乘。';

/** An article with blocks before, in and behind it. */
const page = (paragraph: string, { before = '', between = '', behind = '' }) =>
  mainText(`<!doctype html><html><head><title>Ferry</title></head><body><div class="content">${before}
    <p>${paragraph.repeat(4)}</p><p>${paragraph.repeat(3)}</p>${between}<p>${paragraph.repeat(5)}</p>
    <p>${paragraph.repeat(4)}</p>${behind}</div></body></html>`).text;

describe.each([
  ['English', english],
  ['Chinese', chinese],
])('from an article in %s', (_language, paragraph) => {
  const plain = page(paragraph, {});

  test.each([
    [
      'a caption',
      { between: '<figure><img src="a.jpg"><figcaption>The ferry in May. Photo: A. Person</figcaption></figure>' },
    ],
    [
      'a promotion by its class',
      { between: '<div class="newsletter-signup"><h4>Our letter.</h4><p>Get it each week, free of charge.</p></div>' },
    ],
    [
      'a link to another article',
      { between: '<p>Read more: <a href="/b">The bridge that nobody wanted to build after all</a></p>' },
    ],
    [
      'a list of links',
      { behind: '<ul><li><a href="/c">Ten bridges</a></li><li><a href="/d">Nine tunnels</a></li></ul>' },
    ],
    ['a menu', { before: '<p><a href="/">Home</a></p><p><a href="/news">News</a></p>' }],
    ['a date and a name', { before: '<p>Updated 19 November, 6:55 AM</p><p>By A. Person</p>' }],
    ['a label that comes again and again', { between: '<p>Advert</p><p>Advert</p><p>Advert</p>' }],
    ['a footer', { behind: '<p>渡轮日报 版权所有</p><p>Filed under harbour</p>' }],
  ])('%s is dropped', (_what, extra) => {
    expect(page(paragraph, extra)).toBe(plain);
  });

  test.each([
    ['a heading', '<h2>What it costs</h2>', 'What it costs'],
    [
      'a sentence with a link',
      '<p>The <a href="/fares">new fares</a> hold for a year.</p>',
      'The new fares hold for a year.',
    ],
    ['a short answer', '<p>No.</p><p>Why?</p><p>No.</p><p>No.</p>', 'No.\nWhy?\nNo.\nNo.'],
    [
      'a table',
      '<table><tr><td>Monday</td><td>8</td></tr><tr><td>Tuesday</td><td>8</td></tr><tr><td>Friday</td><td>8</td></tr></table>',
      'Tuesday',
    ],
    [
      'a quotation with its name and date',
      '<blockquote><p>It sails!</p>— A. Person <a href="/t">9 October</a></blockquote>',
      '— A. Person 9 October',
    ],
  ])('%s inside of it stays', (_what, between, kept) => {
    expect(page(paragraph, { between })).toContain(kept);
  });
});

test('an article of nothing but short lines or links keeps them', () => {
  const lines = Array.from({ length: 40 }, (_, at) => `Line ${at} of a poem that rhymes with none`);
  const poem = mainText(
    `<html><body><article>${lines.map((line) => `<p>${line}</p>`).join('')}</article></body></html>`,
  );
  const links = mainText(
    `<html><body><article>${lines.map((line) => `<p><a href="/x">${line}, at a price that is reduced today</a></p>`).join('')}</article></body></html>`,
  );

  expect(poem.text.split('\n')).toEqual(lines);
  expect(links.text.split('\n')).toHaveLength(40);
});

test.each([
  ['captions', (text: string) => `<figure><img src="a.jpg"><figcaption>${text}</figcaption></figure>`],
  ['promotions', (text: string) => `<div class="promo"><p>${text}</p><p>${english.trim()}</p></div>`],
])('an article of little but %s keeps them', (_what, part) => {
  const said = Array.from({ length: 8 }, (_, at) => `${at + 1}. ${english.repeat(2).trim()}`);
  const gallery = mainText(
    `<html><body><article><p>${english.repeat(2)}</p>${said.map(part).join('')}</article></body></html>`,
  );

  for (const text of said) expect(gallery.text).toContain(text);
});
