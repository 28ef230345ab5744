import { describe, expect, test } from 'vitest';
import { handlerOf } from '../../lib/inventory/assembly.ts';
import { assemblies } from './assemblies.ts';

describe.each(assemblies)('a queue’s consumer ($folder)', (assembly) => {
  const intake = 'platform/record-failures';
  const consumers = assembly.ofType('AWS::Lambda::EventSourceMapping').flatMap(({ stack, properties }) => {
    const fn = assembly.referred(stack, properties.FunctionName);
    const queue = assembly.referred(stack, properties.EventSourceArn);
    return fn && queue?.type === 'AWS::SQS::Queue' && handlerOf(fn) !== intake ? [{ fn, queue }] : [];
  });

  test('there are some', () => {
    expect(consumers.length).toBeGreaterThan(5);
  });

  test.each(consumers.map(({ fn, queue }) => [handlerOf(fn), fn, queue] as const))(
    '%s knows where failures are told, and which try is the last',
    (_handler, fn, queue) => {
      const { Variables } = fn.properties.Environment as { Variables: Record<string, unknown> };
      const { maxReceiveCount } = queue.properties.RedrivePolicy as { maxReceiveCount: number };
      const told = assembly.referred(fn.stack, Variables.FAILURES_QUEUE_URL);

      expect(told?.properties.QueueName).toMatch(/^millrace-\w+-platform-failures$/);
      expect(Variables.QUEUE_ATTEMPTS).toBe(String(maxReceiveCount));
    },
  );
});
