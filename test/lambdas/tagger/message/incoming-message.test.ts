import { expect, test } from 'vitest';
import { pageUrl as checkedUrl } from '../../../../lambdas/adapters/public-http/page-url.ts';
import { incomingMessage, MessageError } from '../../../../lambdas/tagger/message/incoming-message.ts';

const read = (value: Buffer | string | undefined) =>
  incomingMessage.read({
    topic: 'wx.messages',
    partition: 0,
    offset: 1,
    at: undefined,
    key: undefined,
    value: typeof value === 'string' ? Buffer.from(value) : value,
    headers: [],
  });

function faultOf(value: Buffer | string | undefined): string {
  try {
    read(value);
    return 'read';
  } catch (error) {
    if (error instanceof MessageError) return error.name;
    throw error;
  }
}

test('a message is its text and its raw JSON', () => {
  const raw = '{"text":"渡轮复航","type":1,"url":"https://example.com/","n":12345678901234567890}';

  expect(read(raw)).toEqual({ raw, text: '渡轮复航', pageUrl: undefined });
});

test.each([
  ['{"text":"a","type":3,"url":"https://example.com/"}', 'https://example.com/'],
  ['{"text":"a","type":3,"url":""}', undefined],
  ['{"text":"a","type":3}', undefined],
  ['{"text":"a","type":3,"url":7}', undefined],
  ['{"text":"a","type":"3","url":"https://example.com/"}', undefined],
  ['{"text":"a","type":2,"url":"https://example.com/"}', undefined],
  ['{"text":"a","url":"https://example.com/"}', undefined],
])('the page of %s is %s', (raw, pageUrl) => {
  expect(read(raw).pageUrl).toBe(pageUrl);
});

test('a URL longer than any site takes is cut so that a queue takes it, and is still too long', () => {
  const url = `https://example.com/${'a'.repeat(900_000)}`;
  const { pageUrl = '' } = read(JSON.stringify({ text: 'a', type: 3, url }));

  expect(pageUrl.length).toBeLessThan(10_000);
  expect(() => checkedUrl(pageUrl, undefined, [])).toThrow(/more than 8192 characters/);
});

test.each([
  [undefined, 'NotText'],
  [Buffer.from([0xff, 0xfe, 0x41]), 'NotText'],
  [Buffer.from('{"text":"渡轮"}').subarray(0, 11), 'NotText'],
  ['', 'NotJson'],
  ['\0', 'NotJson'],
  ['{"text":"a"', 'NotJson'],
  ["{'text':'a'}", 'NotJson'],
  ['{"text":"a"} {"text":"b"}', 'NotJson'],
  ['{"text":"a","n":NaN}', 'NotJson'],
  ['{"text":"a",}', 'NotJson'],
  ['{"text":"a\u0001"}', 'NotJson'],
  ['null', 'NotAnObject'],
  ['[]', 'NotAnObject'],
  ['[{"text":"a"}]', 'NotAnObject'],
  ['"text"', 'NotAnObject'],
  ['12345678901234567890', 'NotAnObject'],
  [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'NotAnObject'],
  ['{}', 'TextMissing'],
  ['{"text":null}', 'TextMissing'],
  ['{"text":1}', 'TextMissing'],
  ['{"text":["a"]}', 'TextMissing'],
  ['{"Text":"a"}', 'TextMissing'],
  ['{"text":"a","text":1}', 'TextMissing'],
  ['{"__proto__":{"text":"a"}}', 'TextMissing'],
])('%s can never be tagged: %s', (value, fault) => {
  expect(faultOf(value)).toBe(fault);
});

test('an empty text, a nul in a string, a byte order mark and deep nesting are no reason to refuse', () => {
  expect(read('{"text":""}').text).toBe('');
  expect(read('{"text":"a\\u0000b"}').text).toBe('a\0b');
  expect(read('\ufeff{"text":"a"}').text).toBe('a');
  expect(read(`{"text":"a","deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`).text).toBe('a');
});
