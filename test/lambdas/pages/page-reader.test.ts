import { beforeEach, expect, test } from 'vitest';
import { PageError } from '#kit/pages/page-error.ts';
import { readingLimits } from '#pages/contract.ts';
import type { FetchedPage } from '#pages/extraction/messages.ts';
import { pageExtractor } from '#pages/extraction/page-extractor.ts';
import { pageReader } from '#pages/page-reader.ts';
import type { PageRecord } from '#pages/ports.ts';

let now: Date;
let asked: string[];
let kept: Map<string, PageRecord>;
let answer: (url: string) => Promise<Omit<FetchedPage, 'url'>>;
const extract = pageExtractor(readingLimits);

beforeEach(() => {
  now = new Date('2026-11-21T02:00:00Z');
  asked = [];
  kept = new Map();
  answer = async (url) => html(`<title>T</title><p>text of ${url}</p>`);
});

const html = (text: string) => ({ contentType: 'text/html; charset=utf-8', body: Buffer.from(text) });
const later = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const reader = (keptBytes = 1000) =>
  pageReader(
    {
      fetch: async (url) => {
        asked.push(url);
        return { url, ...(await answer(url)) };
      },
      extract,
      cache: {
        get: async (url) => kept.get(url),
        put: async (record) => {
          kept.set(record.url, record);
        },
      },
      clock: () => now,
    },
    { keptBytes, freshMs: 3_600_000, failedFreshMs: 60_000 },
  );

test('a page is its title, its text, its HTML, and how long it took', async () => {
  answer = async () => {
    later(1250);
    return html('<html><head><title>Ferry</title></head><body><p>It sails again.</p></body></html>');
  };

  expect(await reader()('https://example.com/')).toEqual({
    url: 'https://example.com/',
    fetchedAt: '2026-11-21T02:00:00.000Z',
    state: 'read',
    seconds: 1.25,
    title: 'Ferry',
    content: 'It sails again.',
    html: '<html><head><title>Ferry</title></head><body><p>It sails again.</p></body></html>',
    htmlTruncated: false,
  });
});

test('one page in many messages is fetched once', async () => {
  const read = reader();
  await Promise.all(Array.from({ length: 50 }, () => read('https://example.com/a')));
  await reader()('https://example.com/a');

  expect(asked).toEqual(['https://example.com/a']);
});

test('a page is fetched again when it is no longer fresh, one that failed sooner', async () => {
  const read = reader();
  await read('https://example.com/good');
  answer = () => Promise.reject(new PageError('Timeout', 'Not done after 30000 ms'));
  await read('https://example.com/bad');
  later(61_000);
  await read('https://example.com/good');
  await read('https://example.com/bad');
  later(3_600_000);
  await read('https://example.com/good');

  expect(asked.map((url) => url.split('/').at(-1))).toEqual(['good', 'bad', 'bad', 'good']);
});

test('a page that could not be had says why', async () => {
  answer = () => Promise.reject(new PageError('ForbiddenAddress', 'leads to 10.0.0.1'));

  expect(await reader()('http://inside.example/')).toMatchObject({
    state: 'failed',
    fault: 'ForbiddenAddress',
    reason: 'leads to 10.0.0.1',
  });
});

test.each(['', '<html><body><script>render()</script></body></html>', '<p> &nbsp; </p>'])(
  'a page without text is empty: %s',
  async (text) => {
    answer = async () => html(text);

    expect(await reader()('https://example.com/')).toMatchObject({ state: 'failed', fault: 'EmptyPage' });
  },
);

test('an error that is not the page’s own is nobody’s answer, and the page is asked for again', async () => {
  answer = () => Promise.reject(new Error('out of memory'));
  const read = reader();
  await expect(read('https://example.com/')).rejects.toThrow('out of memory');
  answer = async () => html('<p>text</p>');

  expect(await read('https://example.com/')).toMatchObject({ state: 'read' });
});

test('what is kept of a page is bounded in bytes, and cut between characters', async () => {
  answer = async () => html(`<p>${'渡'.repeat(1000)}</p>`);
  const page = await reader(100)('https://example.com/');

  expect(page).toMatchObject({ htmlTruncated: true, content: '渡'.repeat(33) });
});
