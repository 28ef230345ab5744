import { expect, test } from 'vitest';
import { assemblies } from './assemblies.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const actions = ({ Action }: Statement) => [Action].flat();

for (const assembly of assemblies) {
  const policies = assembly.ofType('AWS::IAM::Policy').map(({ id, properties }) => ({
    id,
    statements: (properties.PolicyDocument as { readonly Statement: readonly Statement[] }).Statement,
  }));
  const having = (action: string) =>
    policies.flatMap(({ statements }) => statements.filter((statement) => actions(statement).includes(action)));

  const applications = ['TasksSparkApplication', 'RecommenderSchedulesSparkApplication'];

  test(`of each application one machine may run jobs, in one role (${assembly.folder})`, () => {
    const starts = having('emr-serverless:StartJobRun').map(({ Resource }) => JSON.stringify(Resource));
    const cancels = having('emr-serverless:CancelJobRun').map(({ Resource }) => JSON.stringify(Resource));
    const passes = having('iam:PassRole')
      .filter(({ Condition }) => JSON.stringify(Condition ?? {}).includes('emr-serverless.amazonaws.com'))
      .map(({ Resource }) => JSON.stringify(Resource));

    for (const found of [starts, cancels, passes]) expect(found).toHaveLength(applications.length);
    for (const application of applications) {
      expect(starts).toContainEqual(
        expect.stringMatching(new RegExp(`^\\{"Fn::GetAtt":\\["${application}\\w*","Arn"\\]\\}$`)),
      );
      expect(cancels).toContainEqual(expect.stringMatching(new RegExp(`${application}\\w*.*/jobruns/\\*`)));
      expect(passes).toContainEqual(expect.stringMatching(new RegExp(`"${application}JobRole`)));
    }
  });

  test.each(applications)(
    `a job of %s reads its script and input, and writes its own folder (${assembly.folder})`,
    (id) => {
      const job = policies.find((policy) => policy.id.startsWith(`${id}JobRole`));
      const writing = job?.statements.filter((statement) => actions(statement).includes('s3:PutObject')) ?? [];

      expect(job?.statements.flatMap(actions).filter((action) => !action.startsWith('s3:'))).toEqual([]);
      expect(JSON.stringify(job?.statements)).not.toContain('s3:*');
      expect(writing.map(({ Resource }) => JSON.stringify(Resource).includes('/spark/*'))).toEqual([true]);
    },
  );

  test(`an application that has nothing to do costs nothing (${assembly.folder})`, () => {
    const found = assembly.ofType('AWS::EMRServerless::Application');

    expect(found).toHaveLength(applications.length);
    for (const { properties } of found) {
      expect(properties).not.toHaveProperty('InitialCapacity');
      expect(properties).toMatchObject({
        AutoStopConfiguration: { Enabled: true, IdleTimeoutMinutes: 5 },
        MaximumCapacity: { Cpu: expect.any(String), Memory: expect.any(String) },
      });
    }
  });
}
