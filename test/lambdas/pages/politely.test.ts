import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { politely } from '#pages/politely.ts';

test('no host has more requests at once than it should', async () => {
  const running = new Map<string, number>();
  let most = 0;
  const ask = politely(
    async (url) => {
      const { host } = new URL(url);
      running.set(host, (running.get(host) ?? 0) + 1);
      most = Math.max(most, running.get(host) ?? 0);
      await sleep(5);
      running.set(host, (running.get(host) ?? 0) - 1);
    },
    { atOnce: 2, gapMs: 0 },
  );
  await Promise.all(Array.from({ length: 20 }, (_, page) => ask(`https://a.example/${page}`)));

  expect(most).toBe(2);
});

test('one slow host holds up no other', async () => {
  let release = () => {};
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const ask = politely((url) => (url.includes('slow') ? slow : Promise.resolve()), { atOnce: 1, gapMs: 0 });
  const waiting = [ask('https://slow.example/1'), ask('https://slow.example/2')];
  await ask('https://fast.example/');
  release();

  await expect(Promise.all(waiting)).resolves.toHaveLength(2);
});

test('requests to one host start with a gap between them', async () => {
  const starts: number[] = [];
  const ask = politely(
    async () => {
      starts.push(performance.now());
    },
    { atOnce: 5, gapMs: 100 },
  );
  await Promise.all([1, 2, 3].map((page) => ask(`https://a.example/${page}`)));
  const [first = 0, , third = 0] = starts;

  // Two gaps, not one; each may be some milliseconds short, as the queue's clock has whole ones and timers fire early.
  expect(third - first).toBeGreaterThan(150);
});

test('what is no URL is asked for all the same', async () => {
  await expect(politely(async (url) => url, { atOnce: 1, gapMs: 0 })('not a url')).resolves.toBe('not a url');
});
