import { beforeEach, expect, test } from 'vitest';
import { PermanentError, UnavailableError } from '#kit/errors.ts';
import { incomingMessage } from '../../../../lambdas/tagger/message/incoming-message.ts';
import type { PageRequest, RecordPlace, TaggedRecord } from '../../../../lambdas/tagger/ports.ts';
import { tagMessages } from '../../../../lambdas/tagger/steps/tag-messages.ts';

let published: TaggedRecord[];
let asked: PageRequest[];
let steps: string[];
let seen: readonly RecordPlace[];
let counted: readonly RecordPlace[];
let refuse: (record: TaggedRecord) => Error | undefined;

beforeEach(() => {
  published = [];
  asked = [];
  steps = [];
  seen = [];
  counted = [];
  refuse = () => undefined;
});

const at = new Date('2026-11-21T02:00:00Z');

const place = (offset: number) => ({ topic: 'wx.messages', partition: 2, offset });

// The record behind the last one is in the ledger.
const tagAll = (...values: object[]) =>
  tagMessages(
    values.map((value, offset) => {
      const record = {
        ...place(offset),
        at,
        key: Buffer.from('k'),
        value: Buffer.from(JSON.stringify(value)),
        headers: [{ name: 'trace', value: Buffer.from([255]) }],
      };
      return { record, message: incomingMessage.read(record) };
    }),
    {
      tagger: async () => ({
        tagAll: (texts) => texts.map((text) => ({ tags: [{ tag: text, score: 1, source: 'rule' }], keywords: [] })),
        version: { model: 'test', version: '1' },
      }),
      publish: async (records) => {
        const refused = records.map(refuse).find((error) => error !== undefined);
        if (refused) throw refused;
        steps.push('publish');
        published.push(...records);
      },
      askForPages: async (requests) => {
        steps.push('ask');
        asked.push(...requests);
      },
      progress: {
        asked: async () => {
          steps.push('note pages');
        },
        done: async (places, out) => {
          steps.push('note');
          seen = places;
          counted = out;
        },
        pageDone: async () => {},
      },
      clock: () => at,
    },
    Array.from({ length: values.length + 1 }, (_, offset) => place(offset)),
  );

const valuesOf = (records: readonly TaggedRecord[]) => records.map(({ value }) => JSON.parse(value.toString()));

test('a message without a page goes out with its tags, key, headers and origin', async () => {
  await tagAll({ text: 'ferry', id: 7 });

  expect(valuesOf(published)).toEqual([
    {
      text: 'ferry',
      id: 7,
      tags: [{ tag: 'ferry', score: 1, source: 'rule' }],
      keywords: [],
      taggedAt: '2026-11-21T02:00:00.000Z',
      tagger: { model: 'test', version: '1' },
    },
  ]);
  expect(published[0]?.key?.toString()).toBe('k');
  expect(published[0]?.headers.map(({ name, value }) => [name, value?.toString('latin1')])).toEqual([
    ['trace', 'ÿ'],
    ['millrace-source-topic', 'wx.messages'],
    ['millrace-source-partition', '2'],
    ['millrace-source-offset', '0'],
  ]);
});

test('messages without pages keep their order, those with a page are asked for', async () => {
  const page = { type: 3, url: 'https://example.com/' };
  await tagAll({ text: 'a' }, { text: 'b', ...page }, { text: 'c', type: 3, url: '' }, { text: 'd', type: 1 });

  expect(valuesOf(published).map(({ text }) => text)).toEqual(['a', 'c', 'd']);
  expect(asked).toMatchObject([{ url: 'https://example.com/', record: { offset: 1 }, raw: expect.any(String) }]);
  expect(counted.map(({ offset }) => offset)).toEqual([0, 2, 3]);
  expect(seen.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4]);
});

test('a message is known to wait before its page is asked for, and counted after all is sent', async () => {
  await tagAll({ text: 'a' }, { text: 'b', type: 3, url: 'https://example.com/' });

  expect(steps).toEqual(['note pages', 'ask', 'publish', 'note']);
});

test('one message that no topic takes is told apart, and the others go out', async () => {
  refuse = ({ source }) => (source.offset === 1 ? new PermanentError('too large') : undefined);
  const rejected = await tagAll({ text: 'a' }, { text: 'b' }, { text: 'c' });

  expect(rejected?.map(({ record }) => record.offset)).toEqual([1]);
  expect(valuesOf(published).map(({ text }) => text)).toEqual(['a', 'c']);
  expect(counted.map(({ offset }) => offset)).toEqual([0, 2]);
});

test('while the broker is away nothing is counted, and all comes again', async () => {
  refuse = () => new UnavailableError('Kafka is away');

  await expect(tagAll({ text: 'a' })).rejects.toThrow(UnavailableError);
  expect(steps).toEqual([]);
});
