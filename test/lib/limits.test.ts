import { describe, expect, test } from 'vitest';
import type { Assembly, Resource } from '../../lib/inventory/assembly.ts';
import { nameOf, routesOf } from '../../lib/inventory/triggers.ts';
import { assemblies, objectsIn } from './assemblies.ts';

/**
 * What AWS takes no more of, and what of it may be used: what grows with each workload must not end the deployment of the
 * next one. Sources: quotas of CloudFormation, API Gateway, IAM, CloudWatch and Step Functions.
 */
const limits = {
  resourcesOfStack: 500,
  outputsOfStack: 200,
  templateBytes: 1_000_000,
  routesOfApi: 300,
  inlinePoliciesOfRole: 10_240,
  widgetsOfDashboard: 500,
  definitionOfMachine: 1_000_000,
} as const;
const share = 0.8;
const atMost = (limit: keyof typeof limits) => limits[limit] * share;

// `arn:aws:states:ap-northeast-1:123456789012:stateMachine:`: what stands before a name; and a name that CloudFormation makes up.
const beforeName = 57;
const longestName = 64;

type Reference = { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] };

/** As long as it gets in an account. Names of queues and state machines are ours, and known. */
function lengthOf(assembly: Assembly, stack: string, value: Reference | string): number {
  if (typeof value === 'string') return value.length;
  const join = value['Fn::Join'];
  if (join) return join[1].reduce((sum: number, part) => sum + lengthOf(assembly, stack, part as Reference), 0);
  const pseudo = accountKnows[assembly.textOf(stack, value)];
  if (pseudo !== undefined) return pseudo;
  const { QueueName, StateMachineName } = assembly.referred(stack, value)?.properties ?? {};
  return beforeName + String(QueueName ?? StateMachineName ?? 'x'.repeat(longestName)).length;
}

const accountKnows: Readonly<Record<string, number>> = { aws: 3, '<AWS::AccountId>': 12, '<AWS::Region>': 14 };

/** A policy as IAM counts it: without white space, and with what only the account knows. */
function charactersOf(assembly: Assembly, { stack, properties }: Resource): number {
  const written = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(written);
    if (typeof value !== 'object' || value === null) return value;
    const isReference = Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
    if (isReference) return 'x'.repeat(lengthOf(assembly, stack, value as Reference));
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, written(each)]));
  };
  return JSON.stringify(written(properties.PolicyDocument)).length;
}

describe.each(assemblies)('what AWS bounds is used to four fifths at most ($folder)', (assembly) => {
  test('resources and outputs of a stack, and its template', () => {
    for (const [stack, template] of assembly.templates) {
      const { Resources, Outputs = {} } = template;
      expect(Object.keys(Resources).length, stack).toBeLessThan(atMost('resourcesOfStack'));
      expect(Object.keys(Outputs).length, stack).toBeLessThan(atMost('outputsOfStack'));
      expect(JSON.stringify(template).length, stack).toBeLessThan(atMost('templateBytes'));
    }
  });

  test('routes of the API', () => {
    expect(routesOf(assembly).length).toBeLessThan(atMost('routesOfApi'));
  });

  test('inline policies of a role', () => {
    const sums = new Map<string, number>();
    for (const policy of assembly.ofType('AWS::IAM::Policy'))
      for (const role of policy.properties.Roles as readonly unknown[]) {
        const name = `${policy.stack} ${assembly.textOf(policy.stack, role)}`;
        sums.set(name, (sums.get(name) ?? 0) + charactersOf(assembly, policy));
      }

    expect(sums.size).toBeGreaterThan(50);
    for (const [name, sum] of sums) expect(sum, name).toBeLessThan(atMost('inlinePoliciesOfRole'));
  });

  test('widgets of a dashboard', () => {
    for (const dashboard of assembly.ofType('AWS::CloudWatch::Dashboard')) {
      const body = JSON.stringify([...objectsIn(dashboard.properties)].map(({ DashboardBody }) => DashboardBody ?? ''));
      const widgets =
        body.match(/\\"type\\":\\"(metric|alarm|text)\\"/g) ?? body.match(/type.{1,8}(metric|alarm|text)/g) ?? [];
      expect(widgets.length, nameOf(dashboard)).toBeGreaterThan(0);
      expect(widgets.length, nameOf(dashboard)).toBeLessThan(atMost('widgetsOfDashboard'));
    }
  });

  test('definition of a state machine', () => {
    for (const { stack, id, properties } of assembly.ofType('AWS::StepFunctions::StateMachine'))
      expect(assembly.textOf(stack, properties.DefinitionString).length, id).toBeLessThan(
        atMost('definitionOfMachine'),
      );
  });
});
