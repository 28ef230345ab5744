import { expect, test } from 'vitest';
import { afterCall, type Breaker, callsAllowed, retryAt } from '../../../../lambdas/briefs/collect/breaker.ts';

const now = new Date('2026-11-29T02:00:00Z');
const working: Breaker = { state: 'working', failures: 0, until: undefined };
const seconds = ({ until }: Breaker) => until && (until.getTime() - now.getTime()) / 1000;

test.each([
  ['throttled', 'slowed', 5],
  ['blocked', 'blocked', 60],
  ['login-wanted', 'needs-login', 900],
  ['no-balance', 'no-balance', 900],
] as const)('a call that was %s makes the platform %s for %d s', (outcome, state, pause) => {
  const after = afterCall(working, outcome, now);

  expect(after).toMatchObject({ state, failures: 1 });
  expect(seconds(after)).toBe(pause);
});

test('pauses double up to their longest, and one answer ends them', () => {
  let breaker = working;
  const told: unknown[] = [];
  for (let i = 0; i < 8; i += 1) {
    breaker = afterCall(breaker, 'blocked', now);
    told.push(seconds(breaker));
  }

  expect(told).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
  expect(afterCall(breaker, 'answered', now)).toEqual(working);
});

test('five failures in a row slow a platform down, fewer do not', () => {
  let breaker = working;
  for (let i = 0; i < 4; i += 1) breaker = afterCall(breaker, 'failed', now);

  expect(breaker).toEqual({ state: 'working', failures: 4, until: undefined });
  expect(afterCall(breaker, 'failed', now)).toMatchObject({ state: 'slowed', failures: 5 });
});

test('after a stop a single call is the trial', () => {
  const blocked = afterCall(working, 'blocked', now);

  expect(callsAllowed(working, 4, now)).toBe(4);
  expect(callsAllowed(blocked, 4, now)).toBe(0);
  expect(callsAllowed(blocked, 4, new Date(now.getTime() + 60_000))).toBe(1);
});

test('what a person has paused stays so, whatever calls under way answer', () => {
  const paused: Breaker = { state: 'paused', failures: 0, until: undefined };

  expect(afterCall(paused, 'answered', now)).toEqual(paused);
  expect(callsAllowed(paused, 4, now)).toBe(0);
});

test('a call comes again later each time, with jitter', () => {
  const waits = [1, 2, 3, 4].map((attempt) =>
    [0, 0.999].map((r) => (retryAt(attempt, now, () => r).getTime() - now.getTime()) / 1000),
  );

  expect(waits.map(([least]) => least)).toEqual([2, 4, 8, 16]);
  for (const [least = 0, most = 0] of waits) expect(most).toBeLessThan(least * 1.5);
});
