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

  test(`one machine may run jobs, of one application, in one role (${assembly.folder})`, () => {
    const [start, ...others] = having('emr-serverless:StartJobRun');
    const [cancel] = having('emr-serverless:CancelJobRun');
    const [pass, ...passing] = having('iam:PassRole').filter(({ Condition }) =>
      JSON.stringify(Condition ?? {}).includes('emr-serverless.amazonaws.com'),
    );

    expect(others).toEqual([]);
    expect(JSON.stringify(start?.Resource)).toMatch(/"Fn::GetAtt":\["TasksSparkApplication\w*","Arn"\]/);
    expect(JSON.stringify(cancel?.Resource)).toMatch(/TasksSparkApplication\w*.*\/jobruns\/\*/);
    expect(passing).toEqual([]);
    expect(JSON.stringify(pass?.Resource)).toMatch(/TasksSparkJobRole/);
  });

  test(`a job reads callers’ files and its script, and writes its own folder (${assembly.folder})`, () => {
    const job = policies.find(({ id }) => id.startsWith('TasksSparkJobRole'));
    const writing = job?.statements.filter((statement) => actions(statement).includes('s3:PutObject')) ?? [];

    expect(job?.statements.flatMap(actions).filter((action) => !action.startsWith('s3:'))).toEqual([]);
    expect(JSON.stringify(job?.statements)).not.toContain('s3:*');
    expect(writing.map(({ Resource }) => JSON.stringify(Resource).includes('/spark/*'))).toEqual([true]);
  });

  test(`an application that has nothing to do costs nothing (${assembly.folder})`, () => {
    const [application] = assembly.ofType('AWS::EMRServerless::Application');

    expect(application?.properties).not.toHaveProperty('InitialCapacity');
    expect(application?.properties).toMatchObject({
      AutoStopConfiguration: { Enabled: true, IdleTimeoutMinutes: 5 },
      MaximumCapacity: { Cpu: expect.any(String), Memory: expect.any(String) },
    });
  });
}
