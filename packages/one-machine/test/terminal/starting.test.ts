import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tellOfStart } from '../../src/terminal/starting.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a start says every few seconds what it is doing, and nothing once it is ready or is told to stop', async () => {
  const said: string[] = [];
  const starting = tellOfStart((message) => said.push(message));
  let done = 10;
  const bundling = Promise.withResolvers<string>();
  const told = starting.during(() => `the functions are being bundled, ${done} of 53`, bundling.promise);

  await vi.advanceTimersByTimeAsync(4000);
  expect(said).toEqual([]);
  await vi.advanceTimersByTimeAsync(2000);
  done = 20;
  await vi.advanceTimersByTimeAsync(5000);
  bundling.resolve('bundled');
  expect(await told).toBe('bundled');
  await vi.advanceTimersByTimeAsync(5000);
  starting.stop();
  await vi.advanceTimersByTimeAsync(60_000);

  expect(said).toEqual([
    'Still starting, after 5 s: the functions are being bundled, 10 of 53',
    'Still starting, after 10 s: the functions are being bundled, 20 of 53',
    'Still starting, after 15 s',
  ]);
});

test('a piece of work that fails is no longer told of', async () => {
  const said: string[] = [];
  const starting = tellOfStart((message) => said.push(message));

  await expect(starting.during(() => 'it breaks', Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  await vi.advanceTimersByTimeAsync(5000);
  starting.stop();

  expect(said).toEqual(['Still starting, after 5 s']);
});
