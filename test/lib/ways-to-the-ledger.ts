import { edgeOf } from '../../lambdas/kit/ledger/edge.ts';
import { recommenderSchedules } from '../../lambdas/recommender/contract.ts';
import { scheduledFunctions } from '../../lambdas/tasks/contract.ts';
import { type Assembly, handlerOf, type Resource } from '../../lib/inventory/assembly.ts';
import { closedWays } from './closed-ways.ts';

/** The schedules of doors that many share. */
export const doorsOfMany: Readonly<Record<string, readonly string[]>> = {
  'tasks/start-scheduled': Object.keys(scheduledFunctions).map((name) => `tasks/${name}`),
  'recommender/start-schedule': Object.keys(recommenderSchedules).map((name) => `recommender/${name}`),
};

/** Template properties under the names a test needs. */
type Read = Readonly<Record<string, unknown>>;

const badEndings = ['ABORTED', 'FAILED', 'TIMED_OUT'];

/** Asynchronous edges of a template whose failures don't reach the failure ledger, each in words; empty when all do. */
export function edgesWithoutWay(assembly: Assembly): readonly string[] {
  const intake = assembly.functions.find((resource) => handlerOf(resource) === 'platform/record-failures');
  const mappings = assembly.ofType('AWS::Lambda::EventSourceMapping').map(({ stack, properties }) => ({
    queue: assembly.referred(stack, properties.EventSourceArn),
    called: assembly.referred(stack, properties.FunctionName),
  }));
  const drained = new Set(mappings.filter(({ called }) => intake && called === intake).map(({ queue }) => queue));
  const leads = (stack: string, arn: unknown) => {
    const end = arn === undefined ? undefined : assembly.referred(stack, arn);
    return end !== undefined && drained.has(end);
  };
  return [
    ...queues(assembly, drained, mappings, leads),
    ...invocations(assembly, leads),
    ...deliveries(assembly, leads),
    ...executions(assembly, leads),
    ...streams(assembly, leads),
    ...unnamed(assembly, drained),
    ...closedWays(assembly),
    ...unknownKinds(assembly),
  ];
}

type Leads = (stack: string, arn: unknown) => boolean;

/** A queue is worked off, and what fails goes on; or it is a dead end that the intake drains. One last queue is left. */
function queues(
  assembly: Assembly,
  drained: ReadonlySet<Resource | undefined>,
  mappings: readonly { readonly queue: Resource | undefined }[],
  leads: Leads,
): string[] {
  const redriveOf = ({ properties }: Resource) => (properties.RedrivePolicy as Read | undefined)?.deadLetterTargetArn;
  const own = assembly.ofType('AWS::SQS::Queue').filter((queue) => drained.has(queue) && redriveOf(queue));
  const last = own.map((queue) => assembly.referred(queue.stack, redriveOf(queue)));
  return assembly.ofType('AWS::SQS::Queue').flatMap((queue) => {
    if (last.includes(queue)) return [];
    if (drained.has(queue)) return [];
    if (!mappings.some((mapping) => mapping.queue === queue)) return [`${queue.id} is drained by nobody`];
    return leads(queue.stack, redriveOf(queue)) ? [] : [`${queue.id} has no redrive that leads to the ledger`];
  });
}

/** Functions that somebody invokes without waiting: schedules, rules, replays, and those that say so themselves. */
function invocations(assembly: Assembly, leads: Leads): string[] {
  const configs = assembly.ofType('AWS::Lambda::EventInvokeConfig');
  const functionOf = ({ stack, properties }: Resource) => assembly.referred(stack, properties.FunctionName);
  const targets = [
    ...assembly
      .ofType('AWS::Scheduler::Schedule')
      .map(({ stack, properties }) => assembly.referred(stack, (properties.Target as Read).Arn)),
    ...assembly
      .ofType('AWS::Events::Rule')
      .flatMap(({ stack, properties }) => targetsOf(properties).map(({ Arn }) => assembly.referred(stack, Arn))),
  ];
  // A record that was rejected comes again as an invocation.
  const replayed = assembly.ofType('AWS::Lambda::EventSourceMapping').filter(({ properties }) => properties.Topics);
  const called = [
    ...targets.filter((target) => target?.type === 'AWS::Lambda::Function'),
    ...[...configs, ...replayed].map(functionOf),
  ];
  return [...new Set(called)].flatMap((target) => {
    const config = configs.find((candidate) => functionOf(candidate) === target);
    const { OnFailure } = (config?.properties.DestinationConfig ?? {}) as { OnFailure?: Read };
    return config && leads(config.stack, OnFailure?.Destination) ? [] : [`${target?.id} forgets what it fails on`];
  });
}

/** What a schedule or a rule couldn't hand to its target. */
function deliveries(assembly: Assembly, leads: Leads): string[] {
  const schedules = assembly
    .ofType('AWS::Scheduler::Schedule')
    .map((resource) => ({ resource, target: resource.properties.Target as Read }));
  const rules = assembly
    .ofType('AWS::Events::Rule')
    .flatMap((resource) => targetsOf(resource.properties).map((target) => ({ resource, target })));
  return [...schedules, ...rules].flatMap(({ resource, target }) =>
    leads(resource.stack, (target.DeadLetterConfig as Read | undefined)?.Arn)
      ? []
      : [`${resource.id} loses what it can't deliver`],
  );
}

/** Every state machine stands in a rule that tells of all bad endings and leads to the intake. */
function executions(assembly: Assembly, leads: Leads): string[] {
  const told = assembly.ofType('AWS::Events::Rule').flatMap(({ stack, properties }) => {
    const { source = [], detail = {} } = (properties.EventPattern ?? {}) as { source?: unknown[]; detail?: Read };
    const statuses = [...((detail.status ?? []) as string[])].sort();
    const hears = source.includes('aws.states') && statuses.join() === badEndings.join();
    if (!hears || !targetsOf(properties).some(({ Arn }) => leads(stack, Arn))) return [];
    return ((detail.stateMachineArn ?? []) as unknown[]).map((arn) => assembly.referred(stack, arn));
  });
  return assembly
    .ofType('AWS::StepFunctions::StateMachine')
    .flatMap((machine) => (told.includes(machine) ? [] : [`${machine.id} fails unheard`]));
}

/** The mappings that a rule about what Lambda puts into the bucket waits for. */
function mappingsHeard({ properties }: Resource): readonly string[] {
  const text = JSON.stringify(properties.EventPattern ?? {});
  return [...text.matchAll(/"aws\/lambda\/",\{"Ref":"(\w+)"\}/g)].flatMap(([, id]) => id ?? []);
}

/** What a Kafka consumer gave up on is in the bucket; a rule that knows the mapping tells the ledger. */
function streams(assembly: Assembly, leads: Leads): string[] {
  const ofTopics = assembly.ofType('AWS::Lambda::EventSourceMapping').filter(({ properties }) => properties.Topics);
  const rules = assembly.ofType('AWS::Events::Rule');
  const heard = rules.flatMap((rule) => mappingsHeard(rule).map((id) => ({ id, rule })));
  return [
    ...heard.flatMap(({ id, rule }) =>
      ofTopics.some((mapping) => mapping.id === id) ? [] : [`${rule.id} hears nobody`],
    ),
    ...ofTopics.flatMap(({ id }) => {
      const rule = heard.find((one) => one.id === id)?.rule;
      const told = rule && targetsOf(rule.properties).every(({ Arn }) => leads(rule.stack, Arn));
      return told ? [] : [`${id} gives up unheard`];
    }),
  ];
}

/** The intake reads from a name what failed, and where a replay goes back in. */
function unnamed(assembly: Assembly, drained: ReadonlySet<Resource | undefined>): string[] {
  const ends = [...drained].filter((queue) => queue !== undefined && !queue.properties.RedrivePolicy);
  return [
    ...ends.flatMap((queue) => (queue && namedFor(assembly, queue) ? [] : [`${queue?.id} has no name in the ledger`])),
    ...assembly
      .ofType('AWS::StepFunctions::StateMachine')
      .flatMap(({ id, properties }) => (edgeOf(String(properties.StateMachineName)) ? [] : [`${id} says no edge`])),
  ];
}

/** Dead letters say the queue they came from; other ends the function that failed or was never reached. */
function namedFor(assembly: Assembly, end: Resource): boolean {
  const edge = edgeOf(String(end.properties.QueueName));
  const sources = assembly.ofType('AWS::SQS::Queue').filter(({ stack, properties }) => {
    const { deadLetterTargetArn } = (properties.RedrivePolicy ?? {}) as Read;
    return deadLetterTargetArn !== undefined && assembly.referred(stack, deadLetterTargetArn) === end;
  });
  if (sources.length > 0) return sources.every(({ properties }) => properties.QueueName === edge?.source);
  if (edge?.end !== 'failed' && edge?.end !== 'missed') return false;
  const lost =
    edge.end === 'failed'
      ? [...failingInto(assembly, end), ...givingUpInto(assembly, end)]
      : unheardInto(assembly, end);
  // Schedules that share a door are named for what they run.
  const name = `${edge.workload}/${edge.name}`;
  const shared = Object.entries(doorsOfMany).flatMap(([door, schedules]) => (schedules.includes(name) ? [door] : []));
  const doors = [name, ...shared];
  return lost.every((called) => called && doors.includes(handlerOf(called)));
}

/** The functions whose failures end there. */
function failingInto(assembly: Assembly, end: Resource): (Resource | undefined)[] {
  return assembly.ofType('AWS::Lambda::EventInvokeConfig').flatMap(({ stack, properties }) => {
    const { OnFailure } = (properties.DestinationConfig ?? {}) as { OnFailure?: Read };
    const ends = assembly.referred(stack, OnFailure?.Destination) === end;
    return ends ? [assembly.referred(stack, properties.FunctionName)] : [];
  });
}

/** The consumers of topics whose given up batches are told there. */
function givingUpInto(assembly: Assembly, end: Resource): (Resource | undefined)[] {
  const rules = assembly
    .ofType('AWS::Events::Rule')
    .filter(({ stack, properties }) => targetsOf(properties).some(({ Arn }) => assembly.referred(stack, Arn) === end));
  const ids = rules.flatMap(mappingsHeard);
  return assembly
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ id }) => ids.includes(id))
    .map(({ stack, properties }) => assembly.referred(stack, properties.FunctionName));
}

/** The functions whose schedules leave there what they couldn't start. */
function unheardInto(assembly: Assembly, end: Resource): (Resource | undefined)[] {
  return assembly.ofType('AWS::Scheduler::Schedule').flatMap(({ stack, properties }) => {
    const { Arn, DeadLetterConfig } = properties.Target as { Arn: unknown; DeadLetterConfig?: Read };
    return assembly.referred(stack, DeadLetterConfig?.Arn) === end ? [assembly.referred(stack, Arn)] : [];
  });
}

function targetsOf(properties: Read): readonly Read[] {
  return (properties.Targets ?? []) as Read[];
}

// Each of them sends on its own, and has a dead end of its own kind.
const unknownTypes = /^AWS::(SNS|Pipes|Kinesis|KinesisFirehose|DynamoDB|IoT|AmazonMQ|AppSync|CodePipeline)::/;

/** Kinds of edges that nothing above looks at: whoever brings the first one says where its failures go. */
function unknownKinds(assembly: Assembly): string[] {
  const sources = assembly.ofType('AWS::Lambda::EventSourceMapping').filter(({ stack, properties }) => {
    const source = assembly.referred(stack, properties.EventSourceArn);
    return source?.type !== 'AWS::SQS::Queue' && !properties.Topics;
  });
  const buckets = assembly.ofType('AWS::S3::Bucket').filter(({ properties }) => {
    const kinds = Object.keys((properties.NotificationConfiguration ?? {}) as Read);
    return kinds.some((kind) => kind !== 'EventBridgeConfiguration');
  });
  const others = assembly.resources.filter(({ type }) => unknownTypes.test(type));
  return [...sources, ...buckets, ...others].map(({ id }) => `${id} is an edge of a kind that nobody has looked at`);
}
