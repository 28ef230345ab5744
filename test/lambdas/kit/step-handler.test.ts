import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { TransientError } from '#kit/errors.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { lambdaContext, printed } from '../../support/lambda.ts';

beforeEach(() => {
  printed();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const spec = {
  env: z.object({}),
  input: z.object({ county: z.string().length(1), attempt: z.number().default(1) }),
  output: z.object({ rows: z.int() }),
  services: () => ({ rows: 5 }),
};

test('a step gets its input parsed and its services, and gives what its schema says', async () => {
  const handler = stepHandler({
    ...spec,
    handle: async ({ attempt }, { rows }) => ({ rows: rows * attempt, left: 'behind' }),
  });

  expect(await handler({ county: 'F' }, lambdaContext())).toEqual({ rows: 5 });
});

test('input the definition should not have sent is permanent and names every field', async () => {
  const handler = stepHandler({ ...spec, handle: async () => ({ rows: 1 }) });

  await expect(handler({ county: 'FF', attempt: 'one' }, lambdaContext())).rejects.toMatchObject({
    name: 'PermanentError',
    message: expect.stringMatching(/^The state's input: county: .+; attempt: .+/),
  });
});

test('output the definition cannot rely on is permanent too', async () => {
  const handler = stepHandler({ ...spec, handle: async () => ({ rows: 1.5 }) });

  await expect(handler({ county: 'F' }, lambdaContext())).rejects.toMatchObject({
    name: 'PermanentError',
    message: expect.stringMatching(/^The state's output: rows: /),
  });
});

test('an error keeps its class name, by which the definition retries', async () => {
  const handler = stepHandler({ ...spec, handle: () => Promise.reject(new TransientError('half a file')) });

  await expect(handler({ county: 'F' }, lambdaContext())).rejects.toMatchObject({ name: 'TransientError' });
});
