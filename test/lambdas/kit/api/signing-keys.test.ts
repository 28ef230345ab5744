import { expect, test } from 'vitest';
import { linkVerifier, signedLink } from '#kit/api/link.ts';
import { rotatedKey, signingKeysIn } from '#kit/api/signing-keys.ts';
import { ForbiddenError } from '#kit/errors.ts';
import { httpRequest } from '../../../support/lambda.ts';

const first = 'f'.repeat(48);
const rotatedAt = new Date('2026-11-30T12:00:00Z');
const day = 24 * 3_600_000;
const after = (ms: number) => new Date(rotatedAt.getTime() + ms);
const text = rotatedKey(JSON.stringify({ key: first }), { now: rotatedAt, overlapMs: 7 * day });

const keysAt = (json: string, at: Date) => {
  const keys = signingKeysIn(json, at);
  if (!keys) throw new Error('No keys');
  return keys;
};

function opened(address: string, keys: readonly string[]) {
  const { pathname, searchParams } = new URL(address, 'https://api');
  const event = httpRequest({ rawPath: pathname, queryStringParameters: Object.fromEntries(searchParams) });
  return linkVerifier({ keys: async () => keys, clock: () => rotatedAt })(event);
}

test('both keys are accepted during the overlap, and the old one is not after it', () => {
  const { key } = JSON.parse(text) as { key: string };

  expect(key).toMatch(/^[\w-]{48}$/);
  expect(keysAt(text, after(day))).toEqual({ signing: key, accepted: [key, first] });
  expect(keysAt(text, after(7 * day - 1)).accepted).toContain(first);
  expect(keysAt(text, after(7 * day))).toEqual({ signing: key, accepted: [key] });
});

test('the old key goes on signing until every function has read the new one', () => {
  const kept = keysAt(JSON.stringify({ key: first }), rotatedAt);

  for (const minutes of [0, 5, 9]) expect(kept.accepted).toContain(keysAt(text, after(minutes * 60_000)).signing);
  expect(keysAt(text, after(10 * 60_000)).signing).not.toBe(first);
});

test('an overlap that is too short is as long as the old key signs: what was signed last is accepted', () => {
  const hasty = rotatedKey(JSON.stringify({ key: first }), { now: rotatedAt, overlapMs: 0 });

  expect(keysAt(hasty, after(10 * 60_000 - 1)).accepted).toContain(first);
  expect(keysAt(hasty, after(10 * 60_000)).accepted).not.toContain(first);
});

test('rotated again, the key before the last is gone, and other fields stay', () => {
  const again = rotatedKey(JSON.stringify({ ...JSON.parse(text), note: 'ours' }), { now: after(day), overlapMs: day });

  expect(keysAt(again, after(day)).accepted).not.toContain(first);
  expect(JSON.parse(again)).toMatchObject({ note: 'ours', previous: { key: JSON.parse(text).key } });
});

test('a key is not rotated twice within the handover, by a slip: nothing that was signed before would be accepted', () => {
  const again = (ms: number) => rotatedKey(text, { now: after(ms), overlapMs: day });

  expect(() => again(0)).toThrow('The key before signs until 2026-11-30T12:10:00.000Z: rotate again after that.');
  expect(() => again(10 * 60_000 - 1)).toThrow('rotate again after that');
  expect(keysAt(again(10 * 60_000), after(10 * 60_000)).accepted).toContain(JSON.parse(text).key);
});

test('an address that was signed before opens during the overlap, and not after it', async () => {
  const address = signedLink({ path: '/a', expiresAt: after(day) }, first);

  expect(await opened(address, keysAt(text, after(day)).accepted)).toMatchObject({ name: 'link' });
  await expect(opened(address, keysAt(text, after(7 * day)).accepted)).rejects.toThrow(ForbiddenError);
});

test.each(['', 'null', '{}', '{"key":""}', '{"key":5}', '{"key":"a","previous":{"key":"b"}}'])(
  'a secret that holds no keys (%s) is told without its text',
  (wrong) => {
    expect(signingKeysIn(wrong, rotatedAt)).toBeUndefined();
    expect(() => rotatedKey(wrong, { now: rotatedAt, overlapMs: 0 })).toThrow('The secret has no key');
  },
);
