import { TemplateError } from './intrinsics.ts';
import type { BucketCorsRule, ColumnModel, FunctionModel, HttpApiModel, NoRoom, StackModel } from './model.ts';
import type { ResolvedResource } from './resolved-resource.ts';
import { streamSource } from './stream-source.ts';

/** The model while it is being read. */
export interface Built extends Mutable<Omit<StackModel, 'httpApi'>> {
  readonly routes: { readonly key: string; readonly target: string }[];
  cors: HttpApiModel['cors'];
  /** Integration id -> function ARN. */
  readonly integrations: Map<string, string>;
  /** Function name -> what its EventInvokeConfig says. */
  readonly invokeConfigs: Map<string, Pick<FunctionModel, 'retries' | 'onFailure'>>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer I)[] ? I[] : T[K] };
type Build = (from: ResolvedResource, into: Built) => void;
type Bag = Readonly<Record<string, unknown>>;

/** Defaults are AWS's own. Source: CloudFormation Template Reference of each type. */
export const builders: Readonly<Record<string, Build>> = {
  'AWS::Lambda::Function': ({ properties, name, arn, assetDirectory, logicalId, resource }, { functions }) => {
    const handler = properties.Description;
    // The CDK's helper functions have no path of ours; what they do for custom resources is known by type.
    if (typeof handler !== 'string' || !/^[\w-]+\/[\w-]+$/.test(handler)) return;
    if (!assetDirectory) throw new TemplateError(`${logicalId}: the function ${handler} has no asset`);
    const environment = ((properties.Environment as Bag | undefined)?.Variables ?? {}) as Record<string, unknown>;
    functions.push({
      name,
      arn,
      handler,
      codeDirectory: assetDirectory,
      environment: Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)])),
      timeoutSeconds: number(properties.Timeout, 3),
      memoryMegabytes: number(properties.MemorySize, 128),
      concurrency: number(properties.ReservedConcurrentExecutions, 1000),
      retries: 2,
      onFailure: undefined,
      noRoom: resource.Metadata?.['millrace:no-room'] as NoRoom | undefined,
    });
  },
  'AWS::Lambda::EventInvokeConfig': ({ properties }, { invokeConfigs }) => {
    invokeConfigs.set(String(properties.FunctionName), {
      retries: number(properties.MaximumRetryAttempts, 2),
      onFailure: optional(at(properties, 'DestinationConfig', 'OnFailure', 'Destination')),
    });
  },
  'AWS::Lambda::EventSourceMapping': (from, built) => {
    const { properties, logicalId } = from;
    const { queueSources } = built;
    if (properties.Topics !== undefined) {
      if (properties.Enabled !== false) built.streamSources.push(streamSource(from));
      return;
    }
    const queueArn = String(properties.EventSourceArn);
    if (!queueArn.startsWith('arn:aws:sqs:'))
      throw new TemplateError(`${logicalId}: an event source that is no queue: ${queueArn}`);
    if (properties.Enabled === false) return;
    queueSources.push({
      queueArn,
      // The template names a function or gives its ARN.
      functionArn: String(properties.FunctionName),
      batchSize: number(properties.BatchSize, 10),
      windowSeconds: number(properties.MaximumBatchingWindowInSeconds, 0),
      concurrency: number(at(properties, 'ScalingConfig', 'MaximumConcurrency'), 5),
      reportsItemFailures: ((properties.FunctionResponseTypes ?? []) as unknown[]).includes('ReportBatchItemFailures'),
    });
  },
  'AWS::MSK::Topic': ({ properties }, { topics }) => {
    const lines = Buffer.from(String(properties.Configs ?? ''), 'base64')
      .toString('utf8')
      .split('\n');
    topics.push({
      name: String(properties.TopicName),
      partitions: number(properties.PartitionCount, 1),
      configs: Object.fromEntries(lines.filter((line) => line.includes('=')).map((line) => line.split('=', 2))),
    });
  },
  'AWS::SQS::Queue': ({ properties, name, arn }, { queues }) => {
    const redrive = properties.RedrivePolicy as { deadLetterTargetArn: string; maxReceiveCount: number } | undefined;
    queues.push({
      name,
      arn,
      visibilityTimeoutSeconds: number(properties.VisibilityTimeout, 30),
      delaySeconds: number(properties.DelaySeconds, 0),
      retentionSeconds: number(properties.MessageRetentionPeriod, 4 * 24 * 60 * 60),
      maximumMessageBytes: number(properties.MaximumMessageSize, 1024 * 1024),
      fifo: properties.FifoQueue === true,
      deadLetter: redrive && {
        queue: redrive.deadLetterTargetArn.split(':').at(-1) ?? '',
        maxReceiveCount: Number(redrive.maxReceiveCount),
      },
    });
  },
  'AWS::S3::Bucket': ({ properties, name }, { buckets }) => {
    const notifications = (properties.NotificationConfiguration ?? {}) as Bag;
    const direct = Object.keys(notifications).filter((key) => key !== 'EventBridgeConfiguration');
    if (direct.length > 0)
      throw new TemplateError(`${name}: bucket notifications go through EventBridge here, not ${direct.join(', ')}`);
    buckets.push({
      name,
      versioned: at(properties, 'VersioningConfiguration', 'Status') === 'Enabled',
      cors: ((at(properties, 'CorsConfiguration', 'CorsRules') ?? []) as readonly Bag[]).map(corsRule),
      notifiesEventBus:
        at(notifications, 'EventBridgeConfiguration') !== undefined &&
        at(notifications, 'EventBridgeConfiguration', 'EventBridgeEnabled') !== false,
    });
  },
  'AWS::StepFunctions::StateMachine': ({ properties, name, arn, logicalId }, { stateMachines }) => {
    const type = properties.StateMachineType ?? 'STANDARD';
    if (type !== 'STANDARD')
      throw new TemplateError(`${logicalId}: only Standard state machines run here, not ${String(type)}`);
    stateMachines.push({ name, arn, definition: String(properties.DefinitionString) });
  },
  'AWS::Scheduler::Schedule': ({ properties, name }, { schedules }) => {
    const target = properties.Target as Bag;
    schedules.push({
      name,
      expression: String(properties.ScheduleExpression),
      timeZone: optional(properties.ScheduleExpressionTimezone) ?? 'UTC',
      enabled: properties.State !== 'DISABLED',
      target: String(target.Arn),
      input: optional(target.Input),
      retries: number(at(target, 'RetryPolicy', 'MaximumRetryAttempts'), 185),
      deadLetter: optional(at(target, 'DeadLetterConfig', 'Arn')),
    });
  },
  'AWS::ApiGatewayV2::Api': ({ properties, logicalId }, built) => {
    if (properties.ProtocolType !== 'HTTP') throw new TemplateError(`${logicalId}: only HTTP APIs run here`);
    const cors = properties.CorsConfiguration as Readonly<Record<string, string[]>> | undefined;
    built.cors = cors && {
      origins: cors.AllowOrigins ?? [],
      methods: cors.AllowMethods ?? [],
      headers: cors.AllowHeaders ?? [],
    };
  },
  'AWS::ApiGatewayV2::Integration': ({ properties, name, logicalId }, { integrations }) => {
    if (properties.IntegrationType !== 'AWS_PROXY' || properties.PayloadFormatVersion !== '2.0') {
      throw new TemplateError(`${logicalId}: only function integrations with payload format 2.0 run here`);
    }
    integrations.set(name, String(properties.IntegrationUri));
  },
  'AWS::ApiGatewayV2::Route': ({ properties }, { routes }) => {
    routes.push({ key: String(properties.RouteKey), target: String(properties.Target) });
  },
  'AWS::Events::Rule': ({ properties, name }, { rules }) => {
    if (properties.State === 'DISABLED') return;
    const targets = (properties.Targets ?? []) as { Arn: string; DeadLetterConfig?: { Arn: string } }[];
    for (const target of targets) {
      const strange = Object.keys(target).filter(
        (key) => !['Arn', 'Id', 'DeadLetterConfig', 'RetryPolicy', 'RoleArn'].includes(key),
      );
      if (strange.length > 0) throw new TemplateError(`The rule ${name} has a target with ${strange.join(', ')}`);
    }
    rules.push({
      name,
      pattern: properties.EventPattern,
      targets: targets.map(({ Arn, DeadLetterConfig }) => ({ arn: Arn, deadLetter: DeadLetterConfig?.Arn })),
    });
  },
  'AWS::SecretsManager::Secret': ({ properties, name, arn }, { secrets }) => {
    const generate = properties.GenerateSecretString as Bag | undefined;
    secrets.push({
      name,
      arn,
      generate: generate && {
        length: number(generate.PasswordLength, 32),
        excludePunctuation: generate.ExcludePunctuation === true,
        ...(typeof generate.SecretStringTemplate === 'string'
          ? { template: JSON.parse(generate.SecretStringTemplate) as object }
          : {}),
        ...(typeof generate.GenerateStringKey === 'string' ? { key: generate.GenerateStringKey } : {}),
      },
    });
  },
  'AWS::SES::EmailIdentity': ({ properties }, { mailIdentities }) => {
    mailIdentities.push(String(properties.EmailIdentity));
  },
  'AWS::Glue::Table': ({ properties, logicalId }, { tables }) => {
    const input = properties.TableInput as Bag;
    const serde = at(input, 'StorageDescriptor', 'SerdeInfo', 'SerializationLibrary');
    if (typeof serde !== 'string' || !serde.includes('parquet'))
      throw new TemplateError(`${logicalId}: only tables of Parquet run here, not ${String(serde)}`);
    tables.push({
      name: String(input.Name),
      database: String(properties.DatabaseName),
      location: String(at(input, 'StorageDescriptor', 'Location')),
      columns: columnsOf(at(input, 'StorageDescriptor', 'Columns')),
      partitionKeys: columnsOf(input.PartitionKeys),
      parameters: Object.fromEntries(
        Object.entries((input.Parameters ?? {}) as Bag).map(([key, value]) => [key, String(value)]),
      ),
    });
  },
  'AWS::Athena::WorkGroup': ({ properties }, { workGroups }) => {
    const most = at(properties, 'WorkGroupConfiguration', 'BytesScannedCutoffPerQuery');
    workGroups.push({ name: String(properties.Name), mostBytes: number(most, Number.POSITIVE_INFINITY) });
  },
  'Custom::Trigger': ({ properties }, { triggers }) => {
    // HandlerArn is a version's: the function's own is what stands before its number.
    triggers.push(String(properties.HandlerArn).replace(/:\d+$/, ''));
  },
};

function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (inner as Bag | undefined)?.[key], value);
}

function number(value: unknown, otherwise: number): number {
  return value === undefined ? otherwise : Number(value);
}

function optional(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}

function columnsOf(value: unknown): ColumnModel[] {
  const columns = (value ?? []) as readonly { readonly Name: string; readonly Type: string }[];
  return columns.map(({ Name: name, Type: type }) => ({ name, type }));
}

function corsRule(rule: Bag): BucketCorsRule {
  const texts = (name: string) => ((rule[name] ?? []) as readonly unknown[]).map(String);
  return {
    origins: texts('AllowedOrigins'),
    methods: texts('AllowedMethods'),
    headers: texts('AllowedHeaders'),
    exposed: texts('ExposedHeaders'),
    maxAgeSeconds: rule.MaxAge === undefined ? undefined : Number(rule.MaxAge),
  };
}
