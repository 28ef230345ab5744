import { expect, test } from 'vitest';
import { type Link, linkVerifier, signedLink } from '#kit/api/link.ts';
import { ForbiddenError } from '#kit/errors.ts';
import { httpRequest } from '../../../support/lambda.ts';

const key = 'k'.repeat(48);
const now = new Date('2026-11-29T12:00:00Z');
const link: Link = {
  path: '/dts-auto-brief/download',
  shows: { stage_uuid: 'a b&c=報', kind: 'zip' },
  expiresAt: new Date('2026-11-29T13:00:00Z'),
};

function opened(address: string, { at = now, method = 'GET', with: secret = key } = {}) {
  const { pathname, searchParams, search } = new URL(address, 'https://api');
  const event = httpRequest({
    rawPath: pathname,
    rawQueryString: search.slice(1),
    queryStringParameters: Object.fromEntries(searchParams),
  });
  const { http } = event.requestContext;
  const asked = { ...event, requestContext: { ...event.requestContext, http: { ...http, method } } };
  return linkVerifier({ keys: async () => [secret], clock: () => at })(asked);
}

test('a signed address lets its holder in without a name or a permission', async () => {
  expect(await opened(signedLink(link, key))).toEqual({ name: 'link', scheme: 'link', permissions: [] });
});

test('it is good until it expires, and no longer', async () => {
  const address = signedLink(link, key);

  await expect(opened(address, { at: new Date('2026-11-29T12:59:59.999Z') })).resolves.toBeDefined();
  await expect(opened(address, { at: link.expiresAt })).rejects.toThrow('expired');
});

test.each([
  ['another path', (address: string) => address.replace('/download', '/downloads')],
  ['a longer path', (address: string) => address.replace('/download', '/download/')],
  ['another thing', (address: string) => address.replace('kind=zip', 'kind=xlsx')],
  ['a thing less', (address: string) => address.replace('kind=zip&', '')],
  ['a thing more', (address: string) => `${address}&all=true`],
  ['the timestamp of a credential', (address: string) => `${address}&_=1764400000`],
  ['a later expiry', (address: string) => address.replace(/expires=\d+/, 'expires=9999999999')],
  ['the same expiry in other words', (address: string) => address.replace('expires=', 'expires=0')],
  ['no expiry', (address: string) => address.replace(/expires=\d+&/, '')],
  ['no signature', (address: string) => address.replace(/&signature=.+/, '')],
  ['an empty signature', (address: string) => address.replace(/signature=.+/, 'signature=')],
  [
    'another last character of the signature',
    (address: string) => address.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')),
  ],
  ['a signature with something behind it', (address: string) => `${address}=`],
  ['a path in other words', (address: string) => address.replace('/download', '/%64ownload')],
])('%s is refused', async (_name, change) => {
  const address = signedLink(link, key);
  const changed = change(address);

  expect(changed).not.toBe(address);
  await expect(opened(changed)).rejects.toThrow(ForbiddenError);
});

test('another method and another key are refused', async () => {
  const address = signedLink(link, key);

  await expect(opened(address, { method: 'POST' })).rejects.toThrow(ForbiddenError);
  await expect(opened(address, { with: 'l'.repeat(48) })).rejects.toThrow(ForbiddenError);
  await expect(opened(signedLink({ ...link, method: 'POST' }, key), { method: 'POST' })).resolves.toBeDefined();
});

test('two things that look alike side by side have signatures of their own', () => {
  const of = (shows: Record<string, string>) =>
    new URL(signedLink({ ...link, shows }, key), 'https://api').searchParams.get('signature');

  expect(of({ a: '1', b: '2' })).not.toBe(of({ a: '1&b=2' }));
  expect(of({ a: '1', b: '2' })).toBe(of({ b: '2', a: '1' }));
});

test('a key that is too short signs and opens nothing', async () => {
  expect(() => signedLink(link, 'short')).toThrow('fewer than 32');
  await expect(opened(signedLink(link, key), { with: '' })).rejects.toThrow('fewer than 32');
});

test('a path that gateways spell differently, or a field of its own, is not signed', () => {
  expect(() => signedLink({ ...link, path: '/a%2Fb' }, key)).toThrow('signed path');
  expect(() => signedLink({ ...link, path: '//host?x=1' }, key)).toThrow('signed path');
  expect(() => signedLink({ ...link, shows: { expires: '1' } }, key)).toThrow('of its own');
});
