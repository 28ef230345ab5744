import { type Assembly, handlerOf, type Resource } from './assembly.ts';
import { nameOf, routesOf, triggersOf } from './triggers.ts';

type Row = readonly (string | number)[];

/** The stack as a document: what there is, how big, what calls it and what its failure costs. */
export function inventory(assembly: Assembly, environment: string): string {
  return [
    '# Inventory',
    `Generated from the synthesized templates of ${environment} by \`npm run inventory\`; a test keeps it true. The other environments have the same resources with other sizes (lib/environment.ts).`,
    ...functions(assembly),
    ...section(
      'Routes',
      ['route', 'answered by'],
      routesOf(assembly).map(({ key, handler }) => [code(key), handler]),
    ),
    ...queues(assembly),
    ...schedules(assembly),
    ...stateMachines(assembly),
    ...section('Buckets', ['bucket', 'versions', 'events'], assembly.ofType('AWS::S3::Bucket').map(bucketRow)),
    ...alarms(assembly),
    ...resourceTypes(assembly),
  ]
    .join('\n\n')
    .concat('\n');
}

function functions(assembly: Assembly): string[] {
  const triggers = triggersOf(assembly);
  const impacts = impactsOf(assembly);
  const rows = assembly.functions
    .toSorted((a, b) => handlerOf(a).localeCompare(handlerOf(b)))
    .map((resource) => {
      const { properties } = resource;
      const handler = handlerOf(resource);
      return [
        handler,
        `${properties.MemorySize} MB`,
        `${properties.Timeout} s`,
        String(properties.ReservedConcurrentExecutions),
        properties.VpcConfig ? 'inside' : 'outside',
        (triggers.get(handler) ?? []).map(code).join('<br>'),
        impacts.get(handler) ?? '',
      ];
    });
  return section('Functions', ['handler', 'memory', 'timeout', 'at once', 'VPC', 'called by', 'when it fails'], rows);
}

/** First line of the alarm on a function's errors, by handler. */
function impactsOf(assembly: Assembly): ReadonlyMap<string, string> {
  return new Map(
    assembly.functions.map((resource) => {
      const handler = handlerOf(resource);
      const watching = assembly
        .ofType('AWS::CloudWatch::Alarm')
        .find(({ properties }) => String(properties.AlarmName).endsWith(`${handler.replace('/', '-')}-fails`));
      return [handler, String(watching?.properties.AlarmDescription ?? '').split('\n')[0] ?? ''];
    }),
  );
}

function queues(assembly: Assembly): string[] {
  const rows = assembly.ofType('AWS::SQS::Queue').map((queue): Row => {
    const {
      RedrivePolicy: redrive,
      VisibilityTimeout,
      MessageRetentionPeriod,
    } = queue.properties as {
      RedrivePolicy?: { deadLetterTargetArn: unknown; maxReceiveCount: number };
      VisibilityTimeout?: number;
      MessageRetentionPeriod?: number;
    };
    const dead = redrive && assembly.referred(queue.stack, redrive.deadLetterTargetArn);
    return [
      nameOf(queue),
      VisibilityTimeout === undefined ? '' : `${VisibilityTimeout} s`,
      `${(MessageRetentionPeriod ?? 0) / 86_400} days`,
      dead ? `${nameOf(dead)} after ${redrive.maxReceiveCount} tries` : 'it is a dead end itself',
    ];
  });
  return section('Queues', ['queue', 'invisible for', 'kept', 'dead letters'], rows);
}

function schedules(assembly: Assembly): string[] {
  const rows = assembly.ofType('AWS::Scheduler::Schedule').map(({ stack, properties }): Row => {
    const called = assembly.referred(stack, (properties.Target as { Arn: unknown }).Arn);
    const { ScheduleExpression: at, ScheduleExpressionTimezone: zone, State: state } = properties;
    return [called ? handlerOf(called) : '?', code(String(at)), String(zone), String(state).toLowerCase()];
  });
  return section('Schedules', ['starts', 'at', 'zone', 'state'], rows);
}

function stateMachines(assembly: Assembly): string[] {
  const rows = assembly.ofType('AWS::StepFunctions::StateMachine').map((machine): Row => {
    const definition = JSON.parse(assembly.textOf(machine.stack, machine.properties.DefinitionString));
    return [
      nameOf(machine),
      String(machine.properties.StateMachineType ?? 'STANDARD'),
      stateNames(definition).join(', '),
    ];
  });
  return section('State machines', ['state machine', 'type', 'states'], rows);
}

function stateNames(definition: {
  States: Record<string, { ItemProcessor?: Parameters<typeof stateNames>[0] }>;
}): string[] {
  return Object.entries(definition.States).flatMap(([name, { ItemProcessor }]) => [
    name,
    ...(ItemProcessor ? stateNames(ItemProcessor) : []),
  ]);
}

function bucketRow(bucket: Resource): Row {
  const { VersioningConfiguration: versions, NotificationConfiguration: events } = bucket.properties;
  return [nameOf(bucket), versions ? 'kept' : 'no', events ? 'to EventBridge' : 'no'];
}

function alarms(assembly: Assembly): string[] {
  const rows = assembly.ofType('AWS::CloudWatch::Alarm').map(({ properties }): Row => {
    const [impact = '', severity = '', runbook = ''] = String(properties.AlarmDescription).split('\n');
    const anchor = runbook.split('#')[1] ?? '';
    return [`[${anchor}](runbook.md#${anchor})`, severity.replace('Severity: ', ''), impact];
  });
  return section(
    'Alarms',
    ['alarm', 'severity', 'impact'],
    rows.toSorted((a, b) => String(a[0]).localeCompare(String(b[0]))),
  );
}

function resourceTypes(assembly: Assembly): string[] {
  const types = Map.groupBy(assembly.resources, ({ type }) => type);
  const rows = [...types]
    .map(([type, resources]): Row => [code(type), resources.length])
    .toSorted((a, b) => String(a[0]).localeCompare(String(b[0])));
  return section('Resource types', ['type', 'count'], rows);
}

function section(title: string, heads: readonly string[], rows: readonly Row[]): string[] {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  return [`## ${title}`, [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')];
}

function code(text: string): string {
  return `\`${text}\``;
}
