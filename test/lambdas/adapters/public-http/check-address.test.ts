import type { lookup } from 'node:dns';
import { expect, test } from 'vitest';
import { addressChecker } from '#adapters/public-http/check-address.ts';

/** A resolver that knows these names. */
const names: Readonly<Record<string, readonly string[] | 'never'>> = {
  'public.example': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'inside.example': ['10.0.0.7'],
  'mixed.example': ['93.184.215.14', '169.254.169.254'],
  'silent.example': 'never',
};

const dns = ((host: string, _options: object, callback: (error: Error | null, found: object[]) => void) => {
  const found = /^[\d.]+$|:/.test(host) ? [host] : names[host];
  if (found === 'never') return;
  if (found)
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  else callback(new Error(`getaddrinfo ENOTFOUND ${host}`), []);
}) as unknown as typeof lookup;

const check = addressChecker(['127.0.0.1:4600'], dns);

test.each([
  'https://public.example/hook',
  'http://93.184.215.14:8080/',
  'http://127.0.0.1:4600/allowed',
  // It may lead somewhere when the task has ended, and is checked again then.
  'https://nowhere.example/',
  'https://silent.example/',
])('%s may be told', async (url) => {
  await expect(check(url)).resolves.toBeUndefined();
});

test.each([
  'http://127.0.0.1/',
  'http://127.0.0.1:4601/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[::1]/',
  'http://[::ffff:10.0.0.1]/',
  'http://169.254.169.254/latest/meta-data',
  'http://192.168.1.1/',
  'http://inside.example/',
  'http://mixed.example/',
])('%s never would be', async (url) => {
  await expect(check(url)).rejects.toMatchObject({ reason: 'ForbiddenAddress' });
});
