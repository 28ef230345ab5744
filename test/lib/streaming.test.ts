import { readFileSync } from 'node:fs';
import { App, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import cdk from '../../cdk.json' with { type: 'json' };
import type { BrokerKind } from '../../lib/constructs/kafka/brokers.ts';
import { StreamHandler, type StreamHandlerProps } from '../../lib/constructs/kafka/stream-handler.ts';
import { MillraceStack } from '../../lib/constructs/millrace-stack.ts';
import { RawBucket } from '../../lib/constructs/raw-bucket.ts';
import { boundVendoredLogs } from '../../lib/constructs/vendored-logs.ts';
import { environmentNamed, withEverything } from '../../lib/environment.ts';
import { NetworkStack } from '../../lib/stacks/network.ts';
import { StreamingStack } from '../../lib/stacks/streaming.ts';
import { assemblies, objectsIn } from './assemblies.ts';

const contract = z.object({});
type Changes = Omit<Partial<StreamHandlerProps<typeof contract>>, 'failures'>;

/** An app of nothing but brokers and one handler, whose code is any bundle there is. */
function appWith(kind: BrokerKind, changes: Changes = {}) {
  return appIn(new App({ context: cdk.context }), kind, (stack) => ({
    failures: new Bucket(stack, 'Failures'),
    ...changes,
  }));
}

function appIn(app: App, kind: BrokerKind, props: (stack: MillraceStack) => Changes & { failures: Bucket }) {
  const environment = { ...withEverything(environmentNamed('dev')), broker: kind };
  const network = new NetworkStack(app, environment);
  const topics = [{ name: 'wx.messages', partitions: 4, retentionHours: 48 }];
  const streaming = new StreamingStack(app, environment, { network, kind, topics });
  const stack = new MillraceStack(app, 'Consumers', environment);
  const consumer = new StreamHandler(stack, 'Consumer', {
    handler: 'platform/health',
    contract,
    env: {},
    impact: 'Nothing is tagged.',
    concurrency: 4,
    source: streaming.cluster,
    topics: ['wx.messages'],
    ...props(stack),
  });
  return { streaming, stack, consumer };
}

const pollers = { minimum: 1, maximum: 4, group: 'millrace' };

describe('a handler of a topic', () => {
  test('with pollers kept ready answers in parts, tries again, halves what fails, and then puts it into the bucket', () => {
    const template = Template.fromStack(appWith('provisioned', { pollers }).stack);

    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      Topics: ['wx.messages'],
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 4,
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4, PollerGroupName: 'millrace' },
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('Failures'), 'Arn'] } } },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ STREAM_ANSWER: 'partial' }) },
    });
  });

  test('with pollers on demand answers as a whole: they take no parts', () => {
    const template = Template.fromStack(appWith('provisioned').stack);
    const [mapping] = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));

    expect(mapping?.Properties).not.toHaveProperty('FunctionResponseTypes');
    expect(mapping?.Properties).not.toHaveProperty('ProvisionedPollerConfig');
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ STREAM_ANSWER: 'whole' }) },
    });
  });

  test('ends before Lambda’s own fifteen minutes', () => {
    expect(() => appWith('provisioned', { timeout: { toSeconds: () => 900 } as never })).toThrow(/14 minutes at most/);
  });

  test('tells the ledger of a batch that was put into the bucket, and raises an alarm when it falls behind', () => {
    const template = Template.fromStack(appWith('provisioned').stack);

    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({ source: ['aws.s3'], 'detail-type': ['Object Created'] }),
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'millrace-dev-platform-health-lags',
      MetricName: 'EstimatedMaxTimeLag',
      Threshold: 600,
      Dimensions: Match.arrayWith([{ Name: 'Topic', Value: 'wx.messages' }]),
    });
  });

  test('may read its topic and keep its group’s offsets, and nothing of other topics', () => {
    const template = Template.fromStack(appWith('provisioned').stack);
    const statements = [...objectsIn(template.findResources('AWS::IAM::Policy'))].filter(({ Action }) =>
      [Action].flat().some((action) => String(action).startsWith('kafka-cluster:')),
    );

    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'kafka-cluster:AlterGroup',
      'kafka-cluster:Connect',
      'kafka-cluster:DescribeClusterDynamicConfiguration',
      'kafka-cluster:DescribeGroup',
      'kafka-cluster:DescribeTopic',
      'kafka-cluster:ReadData',
      'kafka:DescribeCluster',
      'kafka:DescribeClusterV2',
    ]);
    const reading = statements.find(({ Action }) => [Action].flat().includes('kafka-cluster:ReadData'));
    expect(JSON.stringify(reading?.Resource)).toMatch(/topic\/.*\/wx\.messages"/);
  });
});

describe.each(['provisioned', 'express'] as const)('%s brokers', (kind) => {
  const template = Template.fromStack(appWith(kind).streaming);

  test('let in only who signs in by IAM, over TLS', () => {
    template.hasResourceProperties('AWS::MSK::Cluster', {
      NumberOfBrokerNodes: kind === 'express' ? 3 : 2,
      ClientAuthentication: { Sasl: { Iam: { Enabled: true } }, Unauthenticated: { Enabled: false } },
      EncryptionInfo: { EncryptionInTransit: { ClientBroker: 'TLS', InCluster: true } },
    });
  });

  test('have the topics of the workloads', () => {
    template.hasResourceProperties('AWS::MSK::Topic', {
      TopicName: 'wx.messages',
      PartitionCount: 4,
      ReplicationFactor: kind === 'express' ? 3 : 2,
      Configs: { 'Fn::Base64': 'retention.ms=172800000' },
    });
  });
});

describe.each(assemblies)('every consumer ($folder)', (assembly) => {
  test('of a topic ends before its poller, keeps what it gave up, and answers in parts only to pollers kept ready', () => {
    for (const { stack, properties } of assembly.ofType('AWS::Lambda::EventSourceMapping')) {
      if (!properties.Topics) continue;
      expect(Number(assembly.referred(stack, properties.FunctionName)?.properties.Timeout)).toBeLessThanOrEqual(
        14 * 60,
      );
      expect(properties.DestinationConfig).toMatchObject({ OnFailure: { Destination: expect.anything() } });
      const ready = properties.ProvisionedPollerConfig !== undefined;
      expect(properties.FunctionResponseTypes ?? []).toEqual(ready ? ['ReportBatchItemFailures'] : []);
    }
  });
});

test.each(['provisioned', 'serverless'] as const)(
  '%s brokers and their consumer leave cdk-nag and CloudFormation’s validator nothing to find',
  (kind) => {
    const app = new App({ context: cdk.context, builtinCloudFormationValidation: true });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    appIn(app, kind, (stack) => ({ pollers, failures: new RawBucket(stack, 'Raw').bucket }));
    boundVendoredLogs(app);

    expect(() => app.synth()).not.toThrow();
  },
);

describe('a serverless cluster', () => {
  const template = Template.fromStack(appWith('serverless').streaming);
  const statements = [...objectsIn(template.findResources('AWS::IAM::Policy'))].filter(({ Action }) =>
    [Action].flat().some((action) => String(action).startsWith('kafka-cluster:')),
  );

  test('has no topics of CloudFormation, which makes none there, but a function that makes them in the deployment', () => {
    template.resourceCountIs('AWS::MSK::ServerlessCluster', 1);
    template.resourceCountIs('AWS::MSK::Topic', 0);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'platform/make-topics',
      Environment: {
        Variables: Match.objectLike({
          KAFKA_AUTH: 'iam',
          KAFKA_BROKERS: { 'Fn::GetAtt': [Match.stringLikeRegexp('Addresses'), 'BootstrapBrokerStringSaslIam'] },
          TOPICS: '[{"name":"wx.messages","partitions":4,"configs":{"retention.ms":"172800000"}}]',
        }),
      },
      VpcConfig: Match.objectLike({ SubnetIds: Match.anyValue() }),
    });
    template.hasResourceProperties('Custom::Trigger', {
      ExecuteOnHandlerChange: true,
      InvocationType: 'RequestResponse',
    });
  });

  test('lets that function make these topics and nothing else', () => {
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'kafka-cluster:AlterTopic',
      'kafka-cluster:Connect',
      'kafka-cluster:CreateTopic',
      'kafka-cluster:DescribeTopic',
    ]);
    const making = statements.find(({ Action }) => [Action].flat().includes('kafka-cluster:CreateTopic'));
    expect(JSON.stringify(making?.Resource)).toMatch(/topic\/.*\/wx\.messages"/);
  });

  test('has a section of the runbook for its alarm', () => {
    const [alarm] = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
    const { AlarmDescription } = (alarm?.Properties ?? {}) as { AlarmDescription?: string };

    expect(AlarmDescription).toContain('Runbook: docs/runbook.md#platform-make-topics-fails');
    expect(readFileSync('docs/runbook.md', 'utf8')).toContain('\n## platform-make-topics-fails\n');
  });
});
