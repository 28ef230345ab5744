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

  test('the replayer may call every function that the ledger names as a door', () => {
    const replayer = assembly.functions.find((fn) => handlerOf(fn) === 'platform/replay-failure');
    const role = replayer && assembly.referred(replayer.stack, replayer.properties.Role);
    const callable = assembly
      .ofType('AWS::IAM::Policy')
      .filter(({ stack, properties }) =>
        (properties.Roles as unknown[]).some((name) => assembly.referred(stack, name) === role),
      )
      .flatMap(({ stack, properties }) =>
        (properties.PolicyDocument as { Statement: { Action: unknown; Resource: unknown }[] }).Statement.filter(
          ({ Action }) => [Action].flat().includes('lambda:InvokeFunction'),
        ).flatMap(({ Resource }) => [Resource].flat().map((arn) => assembly.referred(stack, arn))),
      );
    const doors = [
      ...assembly.ofType('AWS::Lambda::EventInvokeConfig'),
      ...assembly.ofType('AWS::Lambda::EventSourceMapping').filter(({ properties }) => properties.Topics),
    ].map(({ stack, properties }) => assembly.referred(stack, properties.FunctionName));

    expect(doors.length).toBeGreaterThan(2);
    for (const door of doors) expect(callable, door && handlerOf(door)).toContain(door);
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
