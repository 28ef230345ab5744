import { describe, expect, test } from 'vitest';
import { handlerOf, type Resource } from '../../lib/inventory/assembly.ts';
import { assemblies } from './assemblies.ts';

/**
 * What a function is told about, it may use: one machine checks no permission, so a forgotten grant would only show
 * on an account. Variables that name a resource, and the actions the adapter behind them calls.
 */
const actionsByVariable: Readonly<Record<string, readonly string[]>> = {
  USERS_SECRET: ['secretsmanager:GetSecretValue'],
  ADMISSION_FUNCTION: ['lambda:InvokeFunction'],
  ANSWER_RUN_FUNCTION: ['lambda:InvokeFunction'],
  DATABASE_SECRET_ARN: ['secretsmanager:GetSecretValue'],
  MAIL_FROM: ['ses:SendEmail'],
  ALERTS_QUEUE_URL: ['sqs:SendMessage'],
  FAILURES_QUEUE_URL: ['sqs:SendMessage'],
  MAILS_QUEUE_URL: ['sqs:SendMessage'],
  REPLAYS_QUEUE_URL: ['sqs:SendMessage'],
  BACKFILLS_QUEUE_URL: ['sqs:SendMessage'],
  SLOTS_QUEUE_URL: ['sqs:SendMessage'],
  CALLS_QUEUE_URL: ['sqs:SendMessage'],
  ANSWERS_QUEUE_URL: ['sqs:SendMessage'],
  EXPORTS_QUEUE_URL: ['sqs:SendMessage'],
  SWEEPS_QUEUE_URL: ['sqs:SendMessage'],
  MAIL_QUEUE_URL: ['sqs:SendMessage'],
  BRIEFS_SECRET: ['secretsmanager:GetSecretValue'],
  LINKS_SECRET: ['secretsmanager:GetSecretValue'],
  STARTS_QUEUE_URL: ['sqs:SendMessage'],
  SWITCHES_QUEUE_URL: ['sqs:SendMessage'],
  PAGES_QUEUE_URL: ['sqs:SendMessage'],
  TAG_PAGES_QUEUE_URL: ['sqs:SendMessage'],
  VERIFY_FILES_QUEUE_URL: ['sqs:SendMessage'],
  KAFKA_BROKERS: ['kafka-cluster:Connect'],
  PRESALE_STATE_MACHINE: ['states:StartExecution', 'states:DescribeExecution'],
  TRAINING_STATE_MACHINE: ['states:StartExecution', 'states:DescribeExecution'],
};

/** Objects are granted by prefix, to each function what its work needs. */
const actionsByHandler: Readonly<Record<string, readonly string[]>> = {
  'briefs/api': ['s3:GetObject', 's3:ListBucket'],
  'briefs/call-platform': ['s3:PutObject'],
  'briefs/export-stage': ['s3:PutObject', 's3:AbortMultipartUpload'],
  'briefs/read-answer': [
    'kafka-cluster:WriteData',
    'kafka-cluster:WriteDataIdempotently',
    's3:GetObject',
    's3:ListBucket',
  ],
  'briefs/store-articles': ['kafka-cluster:ReadData', 's3:PutObject'],
  'briefs/sweep-briefs': ['s3:DeleteObject', 's3:ListBucket'],
  'platform/check-inside': ['s3:ListBucket', 'secretsmanager:DescribeSecret'],
  'platform/check-outside': [
    'scheduler:GetSchedule',
    'ses:GetIdentityVerificationAttributes',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'states:DescribeStateMachine',
  ],
  'platform/export-tables': ['s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:AbortMultipartUpload'],
  'platform/restore-tables': ['s3:GetObject', 's3:ListBucket'],
  'platform/replay-failure': [
    'lambda:InvokeFunction',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
    'sqs:GetQueueUrl',
    'sqs:SendMessage',
    'states:DescribeExecution',
    'states:StartExecution',
  ],
  'platform/record-failures': [
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
  ],
  'platform/send-mail': ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
  'platform/start-work': ['lambda:InvokeFunction', 'states:StartExecution'],
  'platform/steps-api': [
    'states:DescribeExecution',
    'states:DescribeStateMachineForExecution',
    'states:GetExecutionHistory',
    'states:StopExecution',
  ],
  'platform/switch-schedule': ['iam:PassRole', 'scheduler:GetSchedule', 'scheduler:UpdateSchedule'],
  'platform/query-api': [
    'athena:BatchGetQueryExecution',
    'athena:GetQueryExecution',
    'athena:GetQueryResults',
    'athena:ListQueryExecutions',
    'athena:StartQueryExecution',
    'athena:StopQueryExecution',
    'glue:GetTable',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
  ],
  'platform/topics-api': ['kafka-cluster:DescribeGroup', 'kafka-cluster:DescribeTopic'],
  'platform/users-api': ['secretsmanager:PutSecretValue'],
  'presale/fetch-county': ['s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:AbortMultipartUpload'],
  'presale/load-county': ['s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:AbortMultipartUpload'],
  'presale/load-corrections': ['s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:AbortMultipartUpload'],
  'presale/correct-problem': ['s3:PutObject', 's3:AbortMultipartUpload'],
  'presale/check-run': ['s3:GetObject', 's3:ListBucket'],
  'presale/write-deals': ['s3:PutObject'],
  'platform/keep-slots': ['s3:GetObject', 's3:ListBucket', 's3:DeleteObject'],
  'recommender/api': ['s3:GetObject', 's3:ListBucket'],
  'recommender/cleanup-expired-cache': ['s3:GetObject', 's3:ListBucket', 's3:DeleteObject'],
  'recommender/ingest-items': [
    'kafka-cluster:ReadData',
    'kafka-cluster:WriteData',
    'kafka-cluster:WriteDataIdempotently',
    's3:PutObject',
  ],
  'recommender/run-scenario': ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
  'recommender/start-schedule': ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
  'recommender/store-behaviors': ['kafka-cluster:ReadData', 's3:PutObject'],
  'recommender/track': ['kafka-cluster:WriteData', 'kafka-cluster:WriteDataIdempotently'],
  'recommender/train-scenario': [
    's3:GetObject',
    's3:ListBucket',
    's3:ListBucketVersions',
    's3:PutObject',
    's3:DeleteObject',
    's3:DeleteObjectVersion',
  ],
  'recommender/write-files': [
    's3:GetObject',
    's3:ListBucket',
    's3:ListBucketVersions',
    's3:PutObject',
    's3:DeleteObject',
    's3:DeleteObjectVersion',
  ],
  'tagger/api': ['kafka-cluster:DescribeTopic'],
  'tagger/fetch-pages': ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
  'tagger/tag-messages': [
    'kafka-cluster:ReadData',
    'kafka-cluster:WriteData',
    'kafka-cluster:WriteDataIdempotently',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
  ],
  'tagger/tag-pages': [
    'kafka-cluster:WriteData',
    'kafka-cluster:WriteDataIdempotently',
    's3:GetObject',
    's3:ListBucket',
  ],
  'tagger/try': [
    's3:DeleteObject',
    's3:GetObject',
    's3:GetObjectVersion',
    's3:ListBucket',
    's3:ListBucketVersions',
    's3:PutObject',
  ],
  'tasks/api': ['s3:GetObject', 's3:PutObject'],
  'tasks/run-tasks': ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
  'tasks/run-long-tasks': ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
  'tasks/run-turn': ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
  'tasks/start-scheduled': ['s3:GetObject'],
  'tasks/start-tasks': ['states:StartExecution', 'states:DescribeExecution'],
  'tasks/send-callbacks': ['s3:GetObject', 's3:ListBucket'],
  'tasks/send-slow-callbacks': ['s3:GetObject', 's3:ListBucket'],
  'tasks/sweep-tasks': ['s3:GetObject', 's3:PutObject'],
  'tasks/files-api': [
    's3:AbortMultipartUpload',
    's3:DeleteObject',
    's3:GetObject',
    's3:ListBucket',
    's3:ListMultipartUploadParts',
    's3:PutObject',
  ],
  'tasks/collect-spark-result': ['s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:AbortMultipartUpload'],
  'tasks/sweep-files': ['s3:AbortMultipartUpload', 's3:DeleteObject'],
  'tasks/verify-files': ['s3:DeleteObject', 's3:GetObject', 's3:ListBucket'],
};

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
}

describe.each(assemblies)('what a function needs is granted ($folder)', (assembly) => {
  const granted = (fn: Resource): ReadonlySet<string> => {
    const role = assembly.referred(fn.stack, fn.properties.Role);
    const policies = assembly
      .ofType('AWS::IAM::Policy')
      .filter(({ stack, properties }) =>
        ((properties.Roles ?? []) as unknown[]).some(
          (name) => role !== undefined && assembly.referred(stack, name) === role,
        ),
      );
    const statements = policies.flatMap(
      ({ properties }) => (properties.PolicyDocument as { Statement: Statement[] }).Statement,
    );
    return new Set(statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action));
  };
  const variables = (fn: Resource) =>
    Object.keys(((fn.properties.Environment ?? {}) as { Variables?: Record<string, unknown> }).Variables ?? {});

  test.each(assembly.functions.map((fn) => [handlerOf(fn), fn] as const))('%s', (handler, fn) => {
    const signsIn = variables(fn).includes('DATABASE_URL') && !variables(fn).includes('DATABASE_SECRET_ARN');
    const needed = [
      // It asks whether the sender is confirmed, and sends nothing.
      ...variables(fn).flatMap((name) =>
        handler === 'platform/check-outside' && name === 'MAIL_FROM' ? [] : (actionsByVariable[name] ?? []),
      ),
      ...(actionsByHandler[handler] ?? []),
      ...(signsIn ? ['rds-db:connect'] : []),
    ];

    expect([...granted(fn)]).toEqual(expect.arrayContaining(needed));
  });

  test('what a function inside of the network may do is in reach from there', () => {
    const reached = ['s3', 'sqs', 'secretsmanager'];
    // Lambda does these for it, a signature made within opens the door, or the brokers ask for them.
    const uncalled = ['ec2', 'kafka', 'kafka-cluster', 'logs', 'rds-db', 'xray'];
    const inside = assembly.functions.filter(({ properties }) => properties.VpcConfig);

    expect(inside.length).toBeGreaterThan(20);
    for (const fn of inside) {
      const services = [...granted(fn)].map((action) => action.split(':')[0]);
      expect([...reached, ...uncalled], handlerOf(fn)).toEqual(expect.arrayContaining(services));
    }
  });

  test('every bucket that a function is told about has its line above', () => {
    const withBucket = assembly.functions.filter((fn) => variables(fn).some((name) => name.endsWith('_BUCKET')));
    // They only write the bucket's name: into links, and into what a page may ask.
    const namesIt = ['presale/write-report', 'platform/console'];

    for (const fn of withBucket) {
      expect([...Object.keys(actionsByHandler), ...namesIt], handlerOf(fn)).toContain(handlerOf(fn));
    }
  });
});
