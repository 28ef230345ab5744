import { describe, expect, test } from 'vitest';
import { assign, bucketOf } from '../../../lambdas/recommender/experiments/assignment.ts';

const halves = [
  { name: 'control', traffic: 50 },
  { name: 'treatment', traffic: 50 },
];

describe('the bucket of a user', () => {
  test.each([
    ['user_001', 86],
    ['user_002', 99],
    ['user_12345', 58],
  ])('%s of exp_001 stands at %i', (user, bucket) => {
    expect(bucketOf('exp_001', user)).toBe(bucket);
  });

  test('is another one in another experiment', () => {
    const users = Array.from({ length: 1000 }, (_, number) => `user_${number}`);

    const same = users.filter((user) => bucketOf('exp_001', user) === bucketOf('exp_002', user)).length;

    // One in a hundred by chance: 10, with a deviation of 3.2.
    expect(same).toBeLessThan(30);
  });
});

describe('the variant of a user', () => {
  test('is where the shares added up pass the bucket', () => {
    const thirds = [
      { name: 'a', traffic: 58 },
      { name: 'b', traffic: 1 },
      { name: 'c', traffic: 41 },
    ];

    expect(assign({ experiment_id: 'exp_001', variants: thirds }, 'user_12345').name).toBe('b');
    expect(assign({ experiment_id: 'exp_001', variants: thirds }, 'user_001').name).toBe('c');
  });

  test('is never one without a share', () => {
    const variants = [{ name: 'off', traffic: 0 }, ...halves, { name: 'last', traffic: 0 }];
    const given = Array.from(
      { length: 500 },
      (_, number) => assign({ experiment_id: 'e', variants }, `u${number}`).name,
    );

    expect(new Set(given)).toEqual(new Set(['control', 'treatment']));
  });

  test('comes as often as its share says', () => {
    const variants = [
      { name: 'few', traffic: 10 },
      { name: 'many', traffic: 90 },
    ];
    const few = Array.from({ length: 10_000 }, (_, number) =>
      assign({ experiment_id: 'exp', variants }, `u${number}`),
    ).filter(({ name }) => name === 'few').length;

    // 1,000 with a deviation of 30; the users are always the same.
    expect(few).toBeGreaterThan(880);
    expect(few).toBeLessThan(1120);
  });

  test('is none at all where the shares do not reach', () => {
    expect(() => assign({ experiment_id: 'exp_001', variants: [{ name: 'a', traffic: 50 }] }, 'user_002')).toThrow(
      RangeError,
    );
  });
});
