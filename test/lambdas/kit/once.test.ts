import { expect, test } from 'vitest';
import { once } from '#kit/once.ts';

test('a value is made on first use and kept, whatever it is', () => {
  let made = 0;
  const nothing = once(() => {
    made += 1;
    return undefined;
  });
  expect(made).toBe(0);

  nothing();
  nothing();
  expect(made).toBe(1);
});

test('a failure is not kept', () => {
  let calls = 0;
  const flaky = once(() => {
    calls += 1;
    if (calls < 3) throw new Error('not yet');
    return calls;
  });

  expect(flaky).toThrow('not yet');
  expect(flaky).toThrow('not yet');
  expect([flaky(), flaky()]).toEqual([3, 3]);
});
