import type { Assembly, Resource } from '../../lib/inventory/assembly.ts';
import { objectsIn } from './assemblies.ts';

/** Template properties under the names a test needs. */
type Read = Readonly<Record<string, unknown>>;

interface Statement {
  readonly stack: string;
  readonly effect: string;
  readonly actions: readonly unknown[];
  /** What it is about, as the template says it. */
  readonly resources: readonly unknown[];
  readonly statement: Read;
}

/**
 * Ways to the failure ledger that stand in the template and that nothing can go: who sends may not send there, a bucket
 * tells nobody of what is put into it, a rule or a source is switched off. Each in words; empty when all are open. One
 * machine checks no permission, so that these would only be missed on an account, on the day when something fails.
 */
export function closedWays(assembly: Assembly): readonly string[] {
  return [
    ...rules(assembly),
    ...schedules(assembly),
    ...destinations(assembly),
    ...topics(assembly),
    ...switchedOff(assembly),
  ];
}

/** A rule sends as EventBridge itself: the queue's own policy lets it in, the queue of its dead letters likewise. */
function rules(assembly: Assembly): string[] {
  const letIn = (rule: Resource, queue: Resource) =>
    statementsOf(assembly, 'AWS::SQS::QueuePolicy', (policy) => names(assembly, policy, 'Queues', queue)).some(
      ({ stack, statement, ...said }) =>
        allows(assembly, { stack, statement, ...said }, 'sqs:SendMessage', queue) &&
        (statement.Principal as Read | undefined)?.Service === 'events.amazonaws.com' &&
        mentions(assembly, stack, statement.Condition, rule),
    );
  return assembly.ofType('AWS::Events::Rule').flatMap((rule) =>
    ((rule.properties.Targets ?? []) as Read[]).flatMap(({ Arn, DeadLetterConfig }) =>
      [Arn, (DeadLetterConfig as Read | undefined)?.Arn].flatMap((arn) => {
        const queue = assembly.referred(rule.stack, arn);
        if (queue?.type !== 'AWS::SQS::Queue' || letIn(rule, queue)) return [];
        return [`${rule.id} is not let into ${queue.id}`];
      }),
    ),
  );
}

/** A schedule sends in a role's name. */
function schedules(assembly: Assembly): string[] {
  return assembly.ofType('AWS::Scheduler::Schedule').flatMap(({ stack, id, properties }) => {
    const { Arn, RoleArn, DeadLetterConfig } = properties.Target as Read;
    const end = assembly.referred(stack, (DeadLetterConfig as Read | undefined)?.Arn);
    const role = assembly.referred(stack, RoleArn);
    return [
      ...(mayDo(assembly, role, 'lambda:InvokeFunction', assembly.referred(stack, Arn)) ? [] : [`${id} may not start`]),
      ...(mayDo(assembly, role, 'sqs:SendMessage', end) ? [] : [`${id} may not send to its dead letters`]),
    ];
  });
}

/** Lambda sends what a function failed on in the function's name. */
function destinations(assembly: Assembly): string[] {
  return assembly.ofType('AWS::Lambda::EventInvokeConfig').flatMap(({ stack, properties }) => {
    const { OnFailure } = (properties.DestinationConfig ?? {}) as { OnFailure?: Read };
    const failing = assembly.referred(stack, properties.FunctionName);
    const end = assembly.referred(stack, OnFailure?.Destination);
    return mayDo(assembly, roleOf(assembly, failing), 'sqs:SendMessage', end)
      ? []
      : [`${failing?.id} may not send what it fails on`];
  });
}

/** What Lambda gave up on of a topic goes to the bucket in the consumer's name, and the bucket tells of it. */
function topics(assembly: Assembly): string[] {
  const consumers = assembly.ofType('AWS::Lambda::EventSourceMapping').filter(({ properties }) => properties.Topics);
  return consumers.flatMap(({ stack, id, properties }) => {
    const { OnFailure } = (properties.DestinationConfig ?? {}) as { OnFailure?: Read };
    const bucket = assembly.referred(stack, OnFailure?.Destination);
    if (bucket?.type !== 'AWS::S3::Bucket') return [`${id} keeps nothing of what it gives up on`];
    const role = roleOf(assembly, assembly.referred(stack, properties.FunctionName));
    return [
      ...(mayDo(assembly, role, 's3:PutObject', bucket) ? [] : [`${id} may not keep what it gives up on`]),
      ...(mayDo(assembly, role, 's3:ListBucket', bucket) ? [] : [`${id} may not look into its bucket`]),
      ...(tells(bucket) ? [] : [`${bucket.id} tells nobody of what ${id} gives up on`]),
    ];
  });
}

function tells({ properties }: Resource): boolean {
  const { EventBridgeConfiguration } = (properties.NotificationConfiguration ?? {}) as {
    EventBridgeConfiguration?: Read;
  };
  return EventBridgeConfiguration?.EventBridgeEnabled === true;
}

function switchedOff(assembly: Assembly): string[] {
  return [
    ...assembly.ofType('AWS::Events::Rule').filter(({ properties }) => properties.State === 'DISABLED'),
    ...assembly.ofType('AWS::Lambda::EventSourceMapping').filter(({ properties }) => properties.Enabled === false),
  ].map(({ id }) => `${id} is switched off`);
}

function roleOf(assembly: Assembly, fn: Resource | undefined): Resource | undefined {
  return fn && assembly.referred(fn.stack, fn.properties.Role);
}

/** Whether a policy of the role allows the action on the resource, or on something in it. */
function mayDo(assembly: Assembly, role: Resource | undefined, action: string, on: Resource | undefined): boolean {
  if (!role || !on) return false;
  return statementsOf(assembly, 'AWS::IAM::Policy', (policy) => names(assembly, policy, 'Roles', role)).some(
    (statement) => allows(assembly, statement, action, on),
  );
}

function statementsOf(assembly: Assembly, type: string, about: (policy: Resource) => boolean): Statement[] {
  return assembly
    .ofType(type)
    .filter(about)
    .flatMap(({ stack, properties }) =>
      (properties.PolicyDocument as { Statement: Read[] }).Statement.map((statement) => ({
        stack,
        effect: String(statement.Effect),
        actions: [statement.Action].flat(),
        resources: [statement.Resource].flat(),
        statement,
      })),
    );
}

function names(assembly: Assembly, { stack, properties }: Resource, key: string, wanted: Resource): boolean {
  return ((properties[key] ?? []) as unknown[]).some((value) => assembly.referred(stack, value) === wanted);
}

function allows(assembly: Assembly, { stack, effect, actions, resources }: Statement, action: string, on: Resource) {
  return effect === 'Allow' && actions.includes(action) && mentions(assembly, stack, resources, on);
}

/** Whether a reference to the resource stands anywhere in the value. */
function mentions(assembly: Assembly, stack: string, value: unknown, wanted: Resource): boolean {
  return [...objectsIn(value)].some((object) => assembly.referred(stack, object) === wanted);
}
