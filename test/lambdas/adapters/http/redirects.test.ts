import { expect, test } from 'vitest';
import { httpClient } from '#adapters/http.ts';
import { TransientError } from '#kit/errors.ts';
import { type Answer, get, limits, say, siteForEachTest } from './site.ts';

const site = siteForEachTest();

test('a redirect is followed, and one in a circle ends', async () => {
  const redirect: Answer = (_request, response) => response.writeHead(302, { location: '/other.csv' }).end();
  site.answers = [redirect, say('moved')];
  expect(await get(site)).toBe('moved');

  site.answers = [redirect];
  site.asked = [];
  const other = site.url.replace('file', 'other');
  await expect(get(site)).rejects.toThrow(
    new TransientError(`${site.url}: redirected more than 5 times, at last to ${other}`, { fault: 'RedirectLoop' }),
  );
  expect(site.asked).toHaveLength(6);
});

test.each(['file:///etc/passwd', 'ftp://elsewhere/file.csv', 'http://'])(
  'a redirect to %s is refused',
  async (location) => {
    site.answers = [(_request, response) => response.writeHead(301, { location }).end()];

    await expect(get(site)).rejects.toThrow(
      new TransientError(`${site.url}: redirected to what is no web address: ${location}`),
    );
    expect(site.asked).toHaveLength(1);
  },
);

test('a redirect that names no place is the answer', async () => {
  site.answers = [(_request, response) => response.writeHead(304).end()];

  expect(await httpClient(limits)(site.url, async ({ status }) => status)).toBe(304);
});
