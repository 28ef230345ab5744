import { beforeEach, expect, test } from 'vitest';
import { PermanentError, UnavailableError } from '#kit/errors.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import type { PageRecord } from '#pages/ports.ts';
import type { TaggedRecord } from '../../../../lambdas/tagger/ports.ts';
import { tagPage } from '../../../../lambdas/tagger/steps/tag-page.ts';

let page: PageRecord | undefined;
let published: TaggedRecord[];
let reported: NewFailure[];
let steps: string[];
let refusal: Error | undefined;
/** Above it a message is refused. */
let largest: number;

const url = 'https://example.com/';
const fetchedAt = '2026-11-21T01:59:00.000Z';

beforeEach(() => {
  page = {
    url,
    fetchedAt,
    state: 'read',
    seconds: 1.5,
    title: 'T',
    content: 'sails',
    html: '<p>',
    htmlTruncated: false,
  };
  published = [];
  reported = [];
  steps = [];
  refusal = undefined;
  largest = Number.POSITIVE_INFINITY;
});

const tag = (raw = `{"text":"ferry","type":3,"url":"${url}"}`) =>
  tagPage(
    { record: { topic: 'wx.messages', partition: 0, offset: 4, key: undefined, headers: [] }, raw, url },
    {
      tagger: async () => ({
        tag: (text) => ({ tags: [{ tag: text, score: 1, source: 'rule' }], keywords: [] }),
        version: { model: 'test', version: '1' },
      }),
      pages: { get: async () => page },
      publish: async (records) => {
        steps.push('publish');
        if (refusal) throw refusal;
        if (records.some(({ value }) => value.length > largest)) throw new PermanentError('too large');
        published.push(...records);
      },
      progress: {
        asked: async () => {},
        done: async () => {},
        pageDone: async (_place, state) => {
          steps.push(state);
        },
      },
      report: async (failures) => {
        steps.push('report');
        reported.push(...failures);
      },
      clock: () => new Date('2026-11-21T02:00:00Z'),
    },
  );

const out = () => JSON.parse(published[0]?.value.toString() ?? 'null');

test('a message with its page is tagged on both', async () => {
  await tag();

  expect(out()).toMatchObject({ webCrawlConsume: 1.5, content: 'sails', contentHtml: '<p>' });
  expect(out()).not.toHaveProperty('contentHtmlTruncated');
  expect(out().tags[0].tag).toBe('ferry\nsails');
  expect(steps).toEqual(['publish', 'published']);
});

test('HTML that was cut says so', async () => {
  page = { url, fetchedAt, state: 'read', seconds: 1, title: '', content: 'a', html: '<p>', htmlTruncated: true };
  await tag();

  expect(out().contentHtmlTruncated).toBe(true);
});

test('a page that could not be had is an alert with the true reason, and the message goes out on its text', async () => {
  page = { url, fetchedAt, state: 'failed', fault: 'Timeout', reason: 'Not done after 30000 ms' };
  await tag();

  expect(out()).toMatchObject({ webCrawlConsume: 0, content: '', contentHtml: '' });
  expect(out().tags[0].tag).toBe('ferry');
  expect(reported).toMatchObject([{ reason: 'Timeout', workload: 'tagger', sourceKind: 'step' }]);
  expect(JSON.parse(reported[0]?.input ?? '')).toEqual({
    Exception: 'Timeout',
    raw_json: { text: 'ferry', type: 3, url },
  });
  expect(steps).toEqual(['report', 'publish', 'published']);
});

test('a page that is no longer kept is one that could not be had', async () => {
  page = undefined;
  await tag();

  expect(reported[0]?.reason).toBe('PageLost');
  expect(out().content).toBe('');
});

test('a message that no topic takes ends in the ledger', async () => {
  refusal = new PermanentError('too large');
  await tag();

  expect(reported).toMatchObject([{ reason: 'TooLarge' }, { reason: 'PermanentError' }]);
  expect(steps).toEqual(['publish', 'report', 'publish', 'report', 'rejected']);
});

test('a message that only its page makes too large goes out without it, and the alert says why', async () => {
  page = {
    url,
    fetchedAt,
    state: 'read',
    seconds: 1,
    title: '',
    content: 'a',
    html: '\x01'.repeat(1000),
    htmlTruncated: true,
  };
  largest = 1000;
  await tag();

  expect(out()).toMatchObject({ webCrawlConsume: 0, content: '', contentHtml: '', tags: [{ tag: 'ferry' }] });
  expect(reported).toMatchObject([{ reason: 'TooLarge', message: expect.stringContaining('too large') }]);
  expect(steps).toEqual(['publish', 'report', 'publish', 'published']);
});

test('while the broker is away the message stays where it is', async () => {
  refusal = new UnavailableError('Kafka is away');

  await expect(tag()).rejects.toThrow(UnavailableError);
  expect(steps).toEqual(['publish']);
});
