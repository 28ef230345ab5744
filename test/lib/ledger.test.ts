import { describe, expect, test } from 'vitest';
import type { Assembly } from '../../lib/inventory/assembly.ts';
import { assemblies, prod } from './assemblies.ts';
import { damaged, without } from './damaged.ts';
import { edgesWithoutWay } from './ways-to-the-ledger.ts';

type Read = Readonly<Record<string, unknown>>;

/** Everything a way to the ledger is made of, and how to break it. */
const links: readonly { readonly name: string; readonly assembly: Assembly }[] = [
  ...breaking('AWS::Lambda::EventSourceMapping', 'the event source', () => undefined),
  ...breaking('AWS::Lambda::EventInvokeConfig', 'the destination', () => ({})),
  ...breaking('AWS::Lambda::EventInvokeConfig', 'the settings of invocations', () => undefined),
  ...breaking('AWS::Events::Rule', 'the rule', () => undefined).filter(({ name }) => ofFailures(name)),
  ...breaking('AWS::Events::Rule', 'the dead letters of the target', ({ Targets, ...rest }) => ({
    ...rest,
    Targets: (Targets as Read[]).map(without('DeadLetterConfig')),
  })),
  ...breaking('AWS::Scheduler::Schedule', 'the dead letters of the target', ({ Target, ...rest }) => ({
    ...rest,
    Target: without('DeadLetterConfig')(Target as Read),
  })),
  ...breaking('AWS::SQS::Queue', 'the redrive', (properties) =>
    'RedrivePolicy' in properties ? without('RedrivePolicy')(properties) : undefined,
  ),
  ...breaking('AWS::SQS::Queue', 'its name', without('QueueName')).filter(({ name }) => !ofIntake(name)),
  ...breaking('AWS::SQS::Queue', 'its own name', ({ QueueName, ...rest }) => ({
    ...rest,
    QueueName: String(QueueName).replace('millrace-prod-', 'millrace-prod-other-'),
  })).filter(({ name }) => !ofIntake(name) && !/^(Failures|Alerts)Undelivered/.test(name)),
  ...breaking('AWS::StepFunctions::StateMachine', 'its name', without('StateMachineName')),
];

function breaking(type: string, what: string, change: (properties: Read) => Read | undefined) {
  return prod
    .ofType(type)
    .map((resource) => ({ name: `${resource.id} without ${what}`, assembly: damaged(prod, resource, change) }));
}

test.each(assemblies)('every asynchronous edge ends in the ledger ($folder)', (assembly) => {
  expect(edgesWithoutWay(assembly)).toEqual([]);
});

describe('a way that is broken is noticed', () => {
  test('there are ways of each kind', () => {
    expect(links.length).toBeGreaterThan(15);
  });

  test.each(links.filter(({ name }) => !lastResort(name)))('$name', ({ assembly }) => {
    expect(edgesWithoutWay(assembly)).not.toEqual([]);
  });

  test('a state machine that no rule names', () => {
    const rule = prod.ofType('AWS::Events::Rule').find(({ id }) => ofFailures(id));
    const broken =
      rule &&
      damaged(prod, rule, ({ EventPattern, ...rest }) => ({
        ...rest,
        EventPattern: {
          ...(EventPattern as Read),
          detail: { ...((EventPattern as Read).detail as Read), stateMachineArn: [] },
        },
      }));

    const machines = prod.ofType('AWS::StepFunctions::StateMachine');
    expect(broken && edgesWithoutWay(broken)).toEqual(machines.map(({ id }) => `${id} fails unheard`));
  });
});

/** Other rules bring work; what they can't deliver is a way of its own. */
function ofFailures(name: string): boolean {
  return name.startsWith('FailuresEndedBadly');
}

/** The intake's own queues bring failures that say themselves what they are. */
function ofIntake(name: string): boolean {
  return /^Failure(sRecord|Reports)/.test(name);
}

/** Nothing is behind the last queue: to take it away leaves its messages with the intake, which tries again. */
function lastResort(name: string): boolean {
  return /^Failure(sRecord|Reports)DeadLetters/.test(name);
}
