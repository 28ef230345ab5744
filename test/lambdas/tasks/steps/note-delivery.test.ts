import { expect, test } from 'vitest';
import { TransientError } from '#kit/errors.ts';
import { PageError } from '#kit/pages/page-error.ts';
import { noteDelivery } from '../../../../lambdas/tasks/steps/note-delivery.ts';

const at = '2026-11-29T08:00:00.000Z';

/** What is told of a delivery that ends so, and what the queue sees of it. */
async function told(deliver: () => Promise<void>): Promise<{ readonly messages: unknown[]; readonly error: unknown }> {
  const messages: unknown[] = [];
  const tell = async (message: unknown) => void messages.push(message);
  const error = await noteDelivery('t-1', deliver, { tell, clock: () => new Date(at) }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { messages, error };
}

test('a delivery is told when it is done', async () => {
  expect(await told(async () => undefined)).toEqual({
    messages: [{ task_id: 't-1', delivery: { at, error: null } }],
    error: undefined,
  });
});

test('one that failed is told with its reason, and fails', async () => {
  const failure = new TransientError('example.com answered 500');

  expect(await told(() => Promise.reject(failure))).toEqual({
    messages: [{ task_id: 't-1', delivery: { at, error: 'example.com answered 500' } }],
    error: failure,
  });
});

test('what a forbidden name leads to is not told', async () => {
  const { messages } = await told(() => Promise.reject(new PageError('ForbiddenAddress', 'db leads to 10.0.0.7')));

  expect(messages).toEqual([{ task_id: 't-1', delivery: { at, error: 'ForbiddenAddress' } }]);
});
