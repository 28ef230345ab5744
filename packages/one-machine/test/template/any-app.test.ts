import { expect, test } from 'vitest';
import type { TemplateResource } from '../../src/template/assembly-files.ts';
import { buildModel } from '../../src/template/build-model.ts';

const options = { assembly: '/assembly', region: 'ap-northeast-1', app: 'shop' };
const resource = (Type: string, id: string, Properties: object): TemplateResource => ({
  Type,
  Metadata: { 'aws:cdk:path': `Shop/${id}/Resource` },
  Properties: Properties as Readonly<Record<string, unknown>>,
});
const functionArn = (name: string) => `arn:aws:lambda:ap-northeast-1:000000000000:function:${name}`;

function model(Resources: Readonly<Record<string, TemplateResource>>, assets: ReadonlyMap<string, string> = new Map()) {
  return buildModel([{ name: 'Shop', template: { Resources }, assets }], options);
}

test('a function without a path in its description is called by its name, and finds its asset by its key', () => {
  const Code = { S3Bucket: 'assets', S3Key: 'abc.zip' };
  const { functions } = model(
    { A: resource('AWS::Lambda::Function', 'Pack', { Code, Handler: 'src/shop.pack', Runtime: 'nodejs24.x' }) },
    new Map([['abc.zip', 'asset.abc']]),
  );

  expect(functions).toMatchObject([
    {
      name: 'Pack',
      handler: 'Pack',
      codeDirectory: '/assembly/asset.abc',
      entry: { file: 'src/shop', exported: 'pack' },
    },
  ]);
});

test('names that the template gives to functions and buckets are theirs here', () => {
  const { functions, buckets } = model({
    A: resource('AWS::Lambda::Function', 'Pack', {
      FunctionName: 'pack-it',
      Code: { ZipFile: 'exports.handler = 1' },
      Handler: 'index.handler',
    }),
    B: resource('AWS::S3::Bucket', 'Files', { BucketName: 'our-files' }),
  });

  expect(functions).toMatchObject([{ arn: functionArn('pack-it'), inlineCode: 'exports.handler = 1' }]);
  expect(buckets).toMatchObject([{ name: 'our-files' }]);
});

test('a bucket tells functions and queues itself, as its own property or the CDK’s custom resource says', () => {
  const rules = [
    { Name: 'prefix', Value: 'in/' },
    { Name: 'Suffix', Value: '.csv' },
  ];
  const Filter = { Key: { FilterRules: rules } };
  const { objectNotifications, buckets } = model({
    Files: resource('AWS::S3::Bucket', 'Files', {
      NotificationConfiguration: { QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: 'arn:aws:sqs:q' }] },
    }),
    More: resource('Custom::S3BucketNotifications', 'More', {
      ServiceToken: 'arn:aws:lambda:helper',
      BucketName: { Ref: 'Files' },
      Managed: true,
      NotificationConfiguration: {
        EventBridgeConfiguration: {},
        LambdaFunctionConfigurations: [{ Events: ['s3:ObjectCreated:*'], Filter, LambdaFunctionArn: functionArn('F') }],
      },
    }),
  });

  expect(objectNotifications).toEqual([
    { bucket: 'shop-files', target: 'arn:aws:sqs:q', prefix: '', suffix: '' },
    { bucket: 'shop-files', target: functionArn('F'), prefix: 'in/', suffix: '.csv' },
  ]);
  expect(buckets).toMatchObject([{ notifiesEventBus: true }]);
});

test('a rule by the clock is a schedule of each of its targets', () => {
  const Targets = [
    { Id: 'T0', Arn: functionArn('F') },
    { Id: 'T1', Arn: functionArn('G'), Input: '{"a":1}' },
  ];
  const { schedules, rules } = model({
    R: resource('AWS::Events::Rule', 'Nightly', { ScheduleExpression: 'cron(0 3 * * ? *)', State: 'ENABLED', Targets }),
  });

  expect(rules).toEqual([]);
  expect(schedules).toMatchObject([
    { name: 'Nightly-T0', expression: 'cron(0 3 * * ? *)', timeZone: 'UTC', enabled: true, target: functionArn('F') },
    { name: 'Nightly-T1', input: '{"a":1}', target: functionArn('G') },
  ]);
  expect(JSON.parse(schedules[0]?.input ?? '')).toMatchObject({
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
  });
});

test('a secret has the value that the template gives, or one without the characters that it excludes', () => {
  const GenerateSecretString = { ExcludeCharacters: '/@"' };
  const { secrets } = model({
    A: resource('AWS::SecretsManager::Secret', 'Given', { SecretString: 'known' }),
    B: resource('AWS::SecretsManager::Secret', 'Made', { GenerateSecretString }),
  });

  expect(secrets).toMatchObject([{ value: 'known' }, { generate: { excludeCharacters: '/@"' } }]);
});

test('brokers of somebody’s own are the broker of this machine', () => {
  const { streamSources } = model({
    M: resource('AWS::Lambda::EventSourceMapping', 'Clicks', {
      FunctionName: 'F',
      SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['broker:9092'] } },
      SourceAccessConfigurations: [{ Type: 'BASIC_AUTH', URI: 'arn:aws:secretsmanager:s' }],
      StartingPosition: 'TRIM_HORIZON',
      Topics: ['clicks'],
    }),
  });

  expect(streamSources).toMatchObject([{ topic: 'clicks', eventSourceArn: '', startsAt: 'earliest' }]);
});

test('types without a counterpart are told with the reason', () => {
  expect([...model({ A: resource('AWS::CloudWatch::Alarm', 'A', {}) }).absent]).toEqual([
    ['AWS::CloudWatch::Alarm', 'metrics and alarms are CloudWatch; here the log tells'],
  ]);
});
