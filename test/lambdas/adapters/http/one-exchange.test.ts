import { expect, test } from 'vitest';
import { oneExchange } from '#adapters/http/one-exchange.ts';
import { say, siteForEachTest } from './site.ts';

const site = siteForEachTest();

test('the mark of UTF-8 is no part of an answer, and what is no UTF-8 shows as such', async () => {
  const ask = oneExchange({ timeoutMs: 600_000, maxBytes: 1000 });
  const told = () => ask({ method: 'GET', url: site.url, headers: {} }).then(({ text }) => text);
  site.answers = [say('\uFEFF{"code":200}'), (_request, response) => response.end(Buffer.from([0x61, 0xff, 0x62]))];

  expect(await told()).toBe('{"code":200}');
  expect(await told()).toBe('a\uFFFDb');
});
