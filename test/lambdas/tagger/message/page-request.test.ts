import { expect, test } from 'vitest';
import { packed, pageRequestMessage, unpacked } from '../../../../lambdas/tagger/message/page-request.ts';

const objects = new Map<string, string>();
const bucket = {
  put: async (key: string, text: string) => {
    objects.set(key, text);
  },
  readText: async (key: string) => objects.get(key) ?? '',
};
const request = (raw: string, key?: Buffer, header = Buffer.from([0, 255])) => ({
  url: 'https://example.com/',
  raw,
  record: {
    topic: 'wx.messages',
    partition: 1,
    offset: 9,
    key,
    headers: [
      { name: 'a', value: header },
      { name: 'a', value: Buffer.alloc(0) },
      { name: 'a', value: null },
    ],
  },
});

test.each([
  ['small', request('{"text":"a"}', Buffer.from([200, 1]))],
  ['without a key', request('{"text":"a"}')],
  ['large', request(JSON.stringify({ text: '渡'.repeat(100_000) }))],
  ['with a large key', request('{"text":"a"}', Buffer.alloc(900_000, 7))],
  ['with a large header', request('{"text":"a"}', undefined, Buffer.alloc(900_000, 200))],
])('a request comes out of the queue as it went in: %s', async (_name, asked) => {
  const body = JSON.stringify(await packed(asked, bucket));

  expect(body.length).toBeLessThan(100_000);
  expect(await unpacked(pageRequestMessage.parse(JSON.parse(body)), bucket)).toEqual(asked);
});
