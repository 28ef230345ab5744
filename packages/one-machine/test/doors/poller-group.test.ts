import { expect, test } from 'vitest';
import { doneSoFar } from '../../src/doors/stream-poller/done-so-far.ts';
import type { PolledRecord } from '../../src/doors/stream-poller/event.ts';
import { ownedBy } from '../../src/doors/stream-poller/owned-by.ts';

const polled = (partition: number, offset: number, timestamp = offset) =>
  ({ record: { topic: 't', partition, offset, timestamp }, bytes: 1 }) as unknown as PolledRecord;

test('a reader hands over what is its own, and nothing that another reader has now', () => {
  const assignments = [{ topic: 't', partitions: [1, 3] }];

  expect(ownedBy(assignments, [polled(0, 1), polled(1, 1), polled(3, 7)])).toEqual([polled(1, 1), polled(3, 7)]);
  expect(ownedBy(null, [polled(1, 1)])).toEqual([]);
});

test('what a reader has done is not handed over again, but for a topic that was made anew', () => {
  const done = doneSoFar();
  done.add([polled(0, 5), polled(0, 6), polled(1, 2)]);

  expect(done.without([polled(0, 5), polled(0, 6), polled(0, 7), polled(1, 3), polled(2, 0)])).toEqual([
    polled(0, 7),
    polled(1, 3),
    polled(2, 0),
  ]);
  expect(done.without([polled(0, 0, 100)])).toEqual([polled(0, 0, 100)]);
});

test('a record that its group’s new sharing brought twice into one batch is handed over once', () => {
  const twice = [polled(0, 5), polled(0, 6), polled(1, 6), polled(0, 5), polled(0, 6), polled(0, 7)];

  expect(doneSoFar().without(twice)).toEqual([polled(0, 5), polled(0, 6), polled(1, 6), polled(0, 7)]);
});
