import { expect, test } from 'vitest';
import { attemptsInMemory, mostFailures, pairOf, shareOf } from '#kit/api/authentication/failed-attempts.ts';

const at = (seconds: number) => new Date(1_525_568_925_000 + seconds * 1000);
const mei = { pair: pairOf('mei', '203.0.113.9'), isKnown: true };
const nobody = (index: number) => ({ pair: pairOf(`nobody ${index}`, '203.0.113.9'), isKnown: false });

test('past the limit a pair waits for a minute after its last failure, and no longer', async () => {
  const attempts = attemptsInMemory(3);
  for (const seconds of [0, 10, 20]) {
    expect(attempts.waiting(mei.pair, at(seconds))).toBeUndefined();
    expect(await attempts.count(mei, at(seconds))).toBeUndefined();
  }

  expect(attempts.waiting(mei.pair, at(20))).toBe(60);
  expect(await attempts.count(mei, at(50))).toBe(30);
  expect(attempts.waiting(mei.pair, at(79.5))).toBe(1);
  expect(attempts.waiting(mei.pair, at(80))).toBeUndefined();
  expect(await attempts.count(mei, at(80))).toBeUndefined();
});

test('after a clock is set back no caller waits longer than a minute', async () => {
  const attempts = attemptsInMemory(1);
  await attempts.count(mei, at(3600));

  expect(attempts.waiting(mei.pair, at(0))).toBe(60);
});

test('another name, and another address, are other pairs, whatever stands in them', async () => {
  const pairs = [
    pairOf('mei', '203.0.113.9'),
    pairOf('Mei', '203.0.113.9'),
    pairOf('mei ', '203.0.113.9'),
    pairOf('m\u{435}i', '203.0.113.9'),
    pairOf('mei', '203.0.113.90'),
    pairOf('0 mei', '203.0.113.9'),
  ];

  expect(new Set(pairs).size).toBe(pairs.length);
  expect(pairOf('x'.repeat(100_000), '::1')).toHaveLength(64);
});

test('unknown names take no room from known ones, and little at all', async () => {
  const attempts = attemptsInMemory(1, 100);
  await attempts.count(mei, at(0));
  for (let index = 0; index < 1000; index++) await attempts.count(nobody(index), at(0));

  expect(attempts.waiting(mei.pair, at(1))).toBe(59);
  expect(attempts.waiting(nobody(999).pair, at(1))).toBe(59);
  expect(attempts.waiting(nobody(0).pair, at(1))).toBeUndefined();
});

test('the instances of a function read no more together than one would', () => {
  for (let instances = 1; instances <= mostFailures; instances++) {
    expect(shareOf(instances) * instances).toBeLessThanOrEqual(mostFailures);
    expect(shareOf(instances)).toBeGreaterThan(0);
  }
});
