import { expect, test } from 'vitest';
import { faultSwitch } from '../src/faults.ts';

test('everything is off until it is set, and what is not set stays', () => {
  const faults = faultSwitch(() => 0);
  expect([faults.duplicates(), faults.crashBefore(), faults.crashAfter()]).toEqual([false, false, false]);
  expect(faults.deliveries()).toBe(1);

  faults.set({ duplicate: true });
  faults.set({ crashAfter: 0.1 });
  expect([faults.duplicates(), faults.crashBefore(), faults.crashAfter()]).toEqual([true, false, true]);
  expect(faults.settings).toEqual({ duplicate: true, deliveries: 1, crashBefore: 0, crashAfter: 0.1 });
});

test('a probability of one is always', () => {
  const faults = faultSwitch(() => 0.999_999);
  faults.set({ crashBefore: 1, crashAfter: 0.5 });

  expect([faults.crashBefore(), faults.crashAfter()]).toEqual([true, false]);
});

test('a batch is delivered at least once and at most as often as is set', () => {
  const numbers = [0, 0.34, 0.999_999];
  const faults = faultSwitch(() => numbers.shift() ?? 0);
  faults.set({ deliveries: 3 });

  expect([faults.deliveries(), faults.deliveries(), faults.deliveries()]).toEqual([1, 2, 3]);
});
