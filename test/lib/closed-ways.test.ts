import { describe, expect, test } from 'vitest';
import { Assembly, type Resource } from '../../lib/inventory/assembly.ts';
import { prod } from './assemblies.ts';
import { damaged, without } from './damaged.ts';
import { edgesWithoutWay } from './ways-to-the-ledger.ts';

type Read = Readonly<Record<string, unknown>>;

// test/lib/ledger.test.ts has the test that all ways are open, in every environment.
describe('a way to the ledger that nothing can go is noticed', () => {
  const broken = [
    ...lettingIn(),
    ...rightsOf(scheduleRoles(), ['sqs:SendMessage', 'lambda:InvokeFunction']),
    ...rightsOf(failingRoles(), ['sqs:SendMessage']),
    ...rightsOf(consumerRoles(), ['s3:PutObject', 's3:ListBucket']),
    ...each(
      'AWS::Lambda::EventSourceMapping',
      'without a place for what it gives up on',
      without('DestinationConfig'),
      {
        of: ({ Topics }) => Topics !== undefined,
      },
    ),
    ...each('AWS::Lambda::EventSourceMapping', 'switched off', (properties) => ({ ...properties, Enabled: false })),
    ...each('AWS::Events::Rule', 'switched off', (properties) => ({ ...properties, State: 'DISABLED' })),
    ...each('AWS::S3::Bucket', 'that tells nobody', without('NotificationConfiguration'), {
      of: ({ NotificationConfiguration }) => NotificationConfiguration !== undefined,
    }),
  ];

  test.each([
    ['letting in all but', 8],
    ['without sqs:SendMessage', 13],
    ['without lambda:InvokeFunction', 6],
    ['without s3:', 2],
    ['without a place', 1],
    ['switched off', 50],
    ['that tells nobody', 1],
  ])('%s is among what is broken', (kind, atLeast) => {
    expect(broken.filter(({ name }) => new RegExp(kind).test(name)).length).toBeGreaterThanOrEqual(atLeast);
  });

  test.each(broken)('$name', ({ assembly }) => {
    expect(edgesWithoutWay(assembly)).not.toEqual([]);
  });
});

test.each([
  ['AWS::SNS::Topic', {}],
  ['AWS::Pipes::Pipe', {}],
  ['AWS::Lambda::EventSourceMapping', { EventSourceArn: 'arn:aws:kinesis:r:0:stream/s' }],
  ['AWS::S3::Bucket', { NotificationConfiguration: { LambdaConfigurations: [] } }],
])('an edge of a kind that nobody has looked at is noticed: %s %j', (type, properties) => {
  const [any] = prod.resources;
  const more = { ...any, type, properties, id: 'New' } as Resource;
  const grown = Object.assign(Object.create(Assembly.prototype), prod, { resources: [...prod.resources, more] });

  expect(edgesWithoutWay(grown)).toContain('New is an edge of a kind that nobody has looked at');
});

interface Broken {
  readonly name: string;
  readonly assembly: Assembly;
}

function each(
  type: string,
  what: string,
  change: (properties: Read) => Read,
  { of = () => true }: { readonly of?: (properties: Read) => boolean } = {},
): Broken[] {
  return prod
    .ofType(type)
    .filter(({ properties }) => of(properties))
    .map((resource) => ({ name: `${resource.id} ${what}`, assembly: damaged(prod, resource, change) }));
}

/** What lets a rule into a queue: two statements, where the queue is also for what it can't deliver there. */
function lettingIn(): Broken[] {
  return prod.ofType('AWS::SQS::QueuePolicy').flatMap((policy) => {
    const allowed = statementsIn(policy.properties).filter(({ Effect }) => Effect === 'Allow');
    return [...new Set(allowed.map(({ Condition }) => JSON.stringify(Condition)))].map((condition, index) => {
      const change = (properties: Read) => ({
        ...properties,
        PolicyDocument: {
          Statement: statementsIn(properties).filter((one) => JSON.stringify(one.Condition) !== condition),
        },
      });
      return { name: `${policy.id} letting in all but ${index}`, assembly: damaged(prod, policy, change) };
    });
  });
}

function statementsIn({ PolicyDocument }: Read): readonly Read[] {
  return (PolicyDocument as { Statement: Read[] }).Statement;
}

/** Each action taken away from every statement of a role, for it may stand in several. */
function rightsOf(roles: readonly (Resource | undefined)[], actions: readonly string[]): Broken[] {
  return [...new Set(roles)].flatMap((role) =>
    actions.flatMap((action) =>
      prod.ofType('AWS::IAM::Policy').flatMap((policy) => {
        const its = (policy.properties.Roles as unknown[]).some((name) => prod.referred(policy.stack, name) === role);
        if (!its) return [];
        const change = (properties: Read) => ({
          ...properties,
          PolicyDocument: {
            Statement: statementsIn(properties).map((statement) => ({
              ...statement,
              Action: [statement.Action].flat().filter((allowed) => allowed !== action),
            })),
          },
        });
        return [{ name: `${policy.id} without ${action}`, assembly: damaged(prod, policy, change) }];
      }),
    ),
  );
}

function scheduleRoles() {
  return prod
    .ofType('AWS::Scheduler::Schedule')
    .map(({ stack, properties }) => prod.referred(stack, (properties.Target as Read).RoleArn));
}

function failingRoles() {
  return prod.ofType('AWS::Lambda::EventInvokeConfig').map(roleOfFunction);
}

function consumerRoles() {
  return prod
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties.Topics)
    .map(roleOfFunction);
}

function roleOfFunction({ stack, properties }: Resource) {
  const called = prod.referred(stack, properties.FunctionName);
  return called && prod.referred(called.stack, called.properties.Role);
}
