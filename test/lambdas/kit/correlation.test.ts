import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { route } from '#kit/api/route.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { correlated, correlationId } from '#kit/correlation.ts';
import { instrumented } from '#kit/invocation.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { logger } from '#kit/telemetry.ts';
import batch from '../../fixtures/events/sqs-batch.json' with { type: 'json' };
import { httpRequest, lambdaContext, printed } from '../../support/lambda.ts';

let output: ReturnType<typeof printed>;

beforeEach(() => {
  output = printed();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const idsByMessage = () => output.lines().map(({ message, correlation_id }) => [message, correlation_id]);
const say = (message: string) => logger().info(message);
const key = 'POST /presale/runs';

async function askWith(headers: Record<string, string>) {
  const handler = apiHandler({
    env: z.object({}),
    authenticate: undefined,
    services: () => undefined,
    routes: {
      [key]: route({
        summary: 'A route of the test',
        permission: 'none',
        answers: {},
        handle: async () => ({ status: 202, body: { id: correlationId() } }),
      }),
    },
  });
  const request = httpRequest({ routeKey: key, headers });
  const answer = await handler(request, lambdaContext());
  return { headers: answer.headers ?? {}, id: (JSON.parse(answer.body ?? '') as { id: string }).id };
}

test('a caller may name the work; the answer and every line say that name', async () => {
  const { headers, id } = await askWith({ 'x-correlation-id': 'audit-2026.11:7' });

  expect(id).toBe('audit-2026.11:7');
  expect(headers).toMatchObject({ 'x-correlation-id': 'audit-2026.11:7', 'x-request-id': 'R-1' });
  expect(idsByMessage()).toEqual([['Answered', 'audit-2026.11:7']]);
});

test.each(['', 'two words', 'line\nbreak', '<b>', '"', 'x'.repeat(129), '預售'])(
  'the name %j is not passed on: the request has its own',
  async (given) => {
    const { headers, id } = await askWith({ 'x-correlation-id': given });

    expect(id).toBe('R-1');
    expect(headers).toMatchObject({ 'x-correlation-id': 'R-1' });
  },
);

test('records of one batch keep their own ids, also while they are worked on side by side', async () => {
  const [first, second, third] = batch.Records;
  if (!first || !second || !third) throw new Error('The fixture has three records');
  const text = (stringValue: string) => ({ correlation_id: { dataType: 'String', stringValue } });
  const handler = queueHandler({
    env: z.object({}),
    message: z.object({ subject: z.string() }),
    ledger: undefined,
    services: () => undefined,
    handle: async ({ subject }) => {
      await sleep(subject === 'first' ? 20 : 1);
      say(subject);
      if (subject === 'third') throw new Error('no');
    },
  });
  await handler(
    {
      Records: [
        { ...first, messageAttributes: text('one') },
        { ...second, body: '{"subject":"second","correlation_id":"two"}' },
        { ...third, body: '{"subject":"third"}' },
      ],
    },
    lambdaContext(),
  );

  expect(Object.fromEntries(idsByMessage())).toMatchObject({
    first: 'one',
    second: 'two',
    third: third.messageId,
    'A record failed and goes back to its queue': third.messageId,
  });
  expect(output.lines().find(({ message }) => message === 'The batch is done')).toMatchObject({
    records: 3,
    failed: 1,
    correlation_ids: ['one', 'two', third.messageId],
  });
});

test('a step has the id of its input and says it also when it fails', async () => {
  const handler = stepHandler({
    env: z.object({}),
    input: z.strictObject({ county: z.string(), correlation_id: z.string().optional() }),
    output: z.object({}),
    services: () => undefined,
    handle: async ({ county }) => {
      if (county === 'X') throw new Error('away');
      return {};
    },
  });
  await handler({ county: 'F', correlation_id: 'one' }, lambdaContext());
  await expect(handler({ county: 'X', correlation_id: 'two' }, lambdaContext())).rejects.toThrow('away');

  expect(idsByMessage()).toEqual([
    ['The step is done', 'one'],
    ['The invocation failed', 'two'],
  ]);
});

test('work that comes without an id has the invocation’s, and leaves none behind', async () => {
  await instrumented(async () => say('working'))({ correlation_id: 7 }, lambdaContext());
  say('after');

  expect(idsByMessage()).toEqual([
    ['working', lambdaContext().awsRequestId],
    ['after', undefined],
  ]);
});

test('the id of an outer piece of work is not lost by an inner one', () => {
  correlated('outer', () => {
    correlated('inner', () => expect(correlationId()).toBe('inner'));
    expect(correlationId()).toBe('outer');
  });
});
