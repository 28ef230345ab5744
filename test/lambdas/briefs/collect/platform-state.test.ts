import { expect, test } from 'vitest';
import { afterRequest, type Breaker } from '../../../../lambdas/adapters/turns/breaker.ts';
import { type CallOutcome, retryAt, stateOf, turnOutcome } from '../../../../lambdas/briefs/collect/platform-state.ts';

const now = new Date('2026-11-29T02:00:00Z');
const working = { state: 'closed', failures: 0 } as const satisfies Breaker;
const after = (before: Breaker, outcome: CallOutcome) =>
  afterRequest(before, turnOutcome(outcome), { trial: before.state === 'open', now });
const seconds = (breaker: Breaker) =>
  breaker.state === 'open' ? (breaker.until.getTime() - now.getTime()) / 1000 : undefined;

test.each([
  ['throttled', 'slowed', 5],
  ['blocked', 'blocked', 60],
  ['login-wanted', 'needs-login', 900],
  ['no-balance', 'no-balance', 900],
] as const)('a call that was %s makes the platform %s for %d s', (outcome, state, pause) => {
  const breaker = after(working, outcome);

  expect([stateOf(breaker), seconds(breaker)]).toEqual([state, pause]);
  expect(stateOf(after(breaker, 'answered'))).toBe('working');
});

test('pauses double up to their longest', () => {
  let breaker: Breaker = working;
  const told: unknown[] = [];
  for (let i = 0; i < 8; i += 1) {
    breaker = after(breaker, 'blocked');
    told.push(seconds(breaker));
  }

  expect(told).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
});

test('five failures in a row slow a platform down, fewer do not', () => {
  let breaker: Breaker = working;
  for (let i = 0; i < 4; i += 1) breaker = after(breaker, 'failed');

  expect(stateOf(breaker)).toBe('working');
  expect(stateOf(after(breaker, 'failed'))).toBe('slowed');
});

test('a platform that a person has paused is so, whatever was answered', () => {
  expect(stateOf(after({ state: 'paused', failures: 0, reason: 'x' }, 'answered'))).toBe('paused');
});

test('a call comes again after 2 to 3 s, then twice as long each time', () => {
  const waits = [1, 2, 3, 4].flatMap((attempt) =>
    [0, 0.999].map((random) => (retryAt(attempt, now, () => random).getTime() - now.getTime()) / 1000),
  );

  expect(waits.map(Math.round)).toEqual([2, 3, 4, 6, 8, 12, 16, 24]);
});
