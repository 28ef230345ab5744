import { expect, test } from 'vitest';
import type { TemplateResource } from '../../src/template/assembly-files.ts';
import { buildModel } from '../../src/template/build-model.ts';
import { TemplateError } from '../../src/template/intrinsics.ts';

const options = { assembly: '/assembly', region: 'ap-northeast-1', app: 'shop' };
const arn = (service: string, name: string) => `arn:aws:${service}:ap-northeast-1:000000000000:${name}`;

function model(Resources: Readonly<Record<string, TemplateResource>>) {
  return buildModel([{ name: 'Stack', template: { Resources } }], options);
}

const fn = (Properties: object = {}): TemplateResource => ({
  Type: 'AWS::Lambda::Function',
  Metadata: { 'aws:asset:path': 'asset.1', 'aws:cdk:path': 'Stack/Load/Resource' },
  Properties: { Description: 'orders/load-file', Handler: 'index.handler', ...Properties },
});

const bucket = (NotificationConfiguration: object): TemplateResource => ({
  Type: 'AWS::S3::Bucket',
  Metadata: { 'aws:cdk:path': 'Stack/Files/Resource' },
  Properties: { NotificationConfiguration },
});

test('a function has its own settings, or those AWS gives where none stand', () => {
  const { functions } = model({
    A: fn(),
    B: fn({
      Timeout: 60,
      MemorySize: 512,
      ReservedConcurrentExecutions: 3,
      Environment: { Variables: { REGION: { Ref: 'AWS::Region' }, COUNT: 5 } },
    }),
  });

  expect(functions).toEqual([
    {
      name: 'Load',
      arn: arn('lambda', 'function:Load'),
      handler: 'orders/load-file',
      codeDirectory: '/assembly/asset.1',
      entry: { file: 'index', exported: 'handler' },
      environment: {},
      timeoutSeconds: 3,
      memoryMegabytes: 128,
      concurrency: 1000,
      retries: 2,
      onFailure: undefined,
    },
    expect.objectContaining({
      environment: { REGION: 'ap-northeast-1', COUNT: '5' },
      timeoutSeconds: 60,
      memoryMegabytes: 512,
      concurrency: 3,
    }),
  ]);
});

test('the functions that the CDK brings for itself are left out', () => {
  const helped: TemplateResource = {
    Type: 'Custom::S3AutoDeleteObjects',
    Properties: { ServiceToken: { 'Fn::GetAtt': ['Helper', 'Arn'] } },
  };
  const Helper = { ...fn({ Runtime: 'python3.13' }), Metadata: { 'aws:cdk:path': 'Stack/Helper/Resource' } };

  expect(model({ A: fn(), Helper, Helped: helped }).functions.map(({ name }) => name)).toEqual(['Load']);
});

test('what an invocation leaves behind when it fails belongs to its function', () => {
  const { functions } = model({
    A: fn(),
    B: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'A' },
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Q', 'Arn'] } } },
      },
    },
    Q: { Type: 'AWS::SQS::Queue' },
  });

  expect(functions[0]).toMatchObject({ retries: 0, onFailure: arn('sqs', 'Q') });
});

test('queues, their dead letters and who reads them', () => {
  const { queues, queueSources } = model({
    A: fn(),
    Work: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: 180,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
      },
    },
    Dead: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600 } },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] },
        FunctionName: { Ref: 'A' },
        BatchSize: 5,
        MaximumBatchingWindowInSeconds: 2,
        ScalingConfig: { MaximumConcurrency: 2 },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    Off: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, FunctionName: { Ref: 'A' }, Enabled: false },
    },
  });

  expect(queues).toMatchObject([
    {
      name: 'Work',
      visibilityTimeoutSeconds: 180,
      retentionSeconds: 345_600,
      deadLetter: { queue: 'Dead', maxReceiveCount: 3 },
    },
    { name: 'Dead', visibilityTimeoutSeconds: 30, retentionSeconds: 1_209_600, deadLetter: undefined },
  ]);
  expect(queueSources).toEqual([
    {
      queueArn: arn('sqs', 'Work'),
      functionArn: 'Load',
      batchSize: 5,
      windowSeconds: 2,
      concurrency: 2,
      reportsItemFailures: true,
    },
  ]);
});

test('schedules, rules, secrets, buckets, triggers and who may send mail', () => {
  const built = model({
    A: fn(),
    Slot: {
      Type: 'AWS::Scheduler::Schedule',
      Metadata: { 'aws:cdk:path': 'Stack/Orders/start/Resource' },
      Properties: {
        ScheduleExpression: 'rate(1 day)',
        State: 'DISABLED',
        Target: { Arn: { 'Fn::GetAtt': ['A', 'Arn'] }, Input: '{}', RetryPolicy: { MaximumRetryAttempts: 2 } },
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: { EventPattern: { source: ['aws.s3'] }, Targets: [{ Id: 'T', Arn: { 'Fn::GetAtt': ['A', 'Arn'] } }] },
    },
    Off: { Type: 'AWS::Events::Rule', Properties: { State: 'DISABLED', EventPattern: { source: ['x'] } } },
    Token: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { GenerateSecretString: { SecretStringTemplate: '{"a":1}', GenerateStringKey: 'token' } },
    },
    Raw: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        NotificationConfiguration: { EventBridgeConfiguration: {} },
      },
    },
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'A' } } },
    Migrate: { Type: 'Custom::Trigger', Properties: { HandlerArn: { Ref: 'Version' } } },
    Sender: { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: 'example.com' } },
  });

  expect(built).toMatchObject({
    schedules: [
      { name: 'Orders-start', timeZone: 'UTC', enabled: false, target: arn('lambda', 'function:Load'), retries: 2 },
    ],
    rules: [{ pattern: { source: ['aws.s3'] }, targets: [{ arn: arn('lambda', 'function:Load') }] }],
    secrets: [{ name: 'Token', generate: { length: 32, template: { a: 1 }, key: 'token' } }],
    buckets: [{ name: 'shop-raw', versioned: true, notifiesEventBus: true }],
    triggers: [arn('lambda', 'function:Load')],
    mailIdentities: ['example.com'],
  });
});

test('a route leads to its function', () => {
  const api = (target: unknown) =>
    model({
      A: fn(),
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
      To: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          IntegrationType: 'AWS_PROXY',
          PayloadFormatVersion: '2.0',
          IntegrationUri: { 'Fn::GetAtt': ['A', 'Arn'] },
        },
      },
      Route: { Type: 'AWS::ApiGatewayV2::Route', Properties: { RouteKey: 'GET /deals/{id}', Target: target } },
    }).httpApi;

  expect(api({ 'Fn::Join': ['', ['integrations/', { Ref: 'To' }]] })?.routes).toEqual([
    { key: 'GET /deals/{id}', functionArn: arn('lambda', 'function:Load') },
  ]);
  expect(() => api('integrations/other')).toThrow('which is no integration of the template');
});

test('everything that is not known is named at once', () => {
  const strange = () =>
    model({
      Table: { Type: 'AWS::DynamoDB::Table' },
      A: fn({ Layers: [], ImageConfig: {} }),
      B: { Type: 'AWS::SQS::Queue', Condition: 'OnlyInProd', Properties: { FifoThroughputLimit: 'x' } },
    });

  expect(strange).toThrow(TemplateError);
  for (const part of [
    'Table: the type AWS::DynamoDB::Table',
    'A: AWS::Lambda::Function with Layers',
    'A: AWS::Lambda::Function with ImageConfig',
    'B: AWS::SQS::Queue with FifoThroughputLimit',
    'B: AWS::SQS::Queue with the condition OnlyInProd',
  ]) {
    expect(strange).toThrow(part);
  }
});

test.each<[string, TemplateResource]>([
  ['a function without code', { ...fn(), Metadata: {} }],
  ['a function of Python', fn({ Runtime: 'python3.13' })],
  ['a function of a container image', fn({ PackageType: 'Image' })],
  ['a function in a zip file', { ...fn(), Metadata: { 'aws:asset:path': 'asset.1.zip' } }],
  ['a handler that names no export', fn({ Handler: 'index' })],
  [
    'a bucket that tells of what is removed',
    bucket({ LambdaConfigurations: [{ Event: 's3:ObjectRemoved:*', Function: 'arn:aws:lambda:f' }] }),
  ],
  [
    'an event source that is no queue',
    { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn: 'arn:aws:kafka:x' } },
  ],
  [
    'a bucket that notifies a topic',
    { Type: 'AWS::S3::Bucket', Properties: { NotificationConfiguration: { TopicConfigurations: [] } } },
  ],
  [
    'an express state machine',
    { Type: 'AWS::StepFunctions::StateMachine', Properties: { StateMachineType: 'EXPRESS' } },
  ],
  ['a web socket API', { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } }],
  [
    'an integration of the old payload',
    {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: { IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '1.0' },
    },
  ],
  [
    'a route that an authorizer guards',
    { Type: 'AWS::ApiGatewayV2::Route', Properties: { AuthorizationType: 'AWS_IAM', RouteKey: 'GET /', Target: 'x' } },
  ],
  [
    'a schedule that tells its target more than an input',
    {
      Type: 'AWS::Scheduler::Schedule',
      Properties: { ScheduleExpression: 'rate(1 day)', Target: { Arn: 'a', SqsParameters: { MessageGroupId: 'g' } } },
    },
  ],
  ['a function with dead letters of its own', fn({ DeadLetterConfig: { TargetArn: 'arn:aws:sqs:q' } })],
  [
    'a rule that changes its events',
    { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Id: 'T', Arn: 'a', Input: '{}' }] } },
  ],
])('%s is an error at the start', (_name, resource) => {
  expect(() => model({ A: resource })).toThrow(TemplateError);
});
