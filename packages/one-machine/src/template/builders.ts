import { functionModel } from './function-model.ts';
import { TemplateError } from './intrinsics.ts';
import type { BucketCorsRule, ColumnModel, FunctionModel, HttpApiModel, StackModel } from './model.ts';
import { objectNotifications } from './notifications.ts';
import type { ResolvedResource } from './resolved-resource.ts';
import { checkKeys, scheduledRule } from './scheduled-rule.ts';
import { streamSource } from './stream-source.ts';

/** The model while it is being read. */
export interface Built extends Mutable<Omit<StackModel, 'httpApi' | 'absent'>> {
  readonly routes: { readonly key: string; readonly target: string }[];
  cors: HttpApiModel['cors'];
  /** Integration id -> function ARN. */
  readonly integrations: Map<string, string>;
  /** Buckets that a custom resource has tell EventBridge. */
  readonly tellingBuckets: Set<string>;
  /** Function name -> what its EventInvokeConfig says. */
  readonly invokeConfigs: Map<string, Pick<FunctionModel, 'retries' | 'onFailure'>>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer I)[] ? I[] : T[K] };
type Build = (from: ResolvedResource, into: Built) => void;
type Bag = Readonly<Record<string, unknown>>;

/** Defaults are AWS's own. Source: CloudFormation Template Reference of each type. */
export const builders: Readonly<Record<string, Build>> = {
  'AWS::Lambda::Function': (from, { functions }) => {
    functions.push(functionModel(from));
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
  'AWS::S3::Bucket': ({ properties, name }, built) => {
    const notifications = (properties.NotificationConfiguration ?? {}) as Bag;
    built.objectNotifications.push(...objectNotifications(name, notifications));
    built.buckets.push({
      name,
      versioned: at(properties, 'VersioningConfiguration', 'Status') === 'Enabled',
      cors: ((at(properties, 'CorsConfiguration', 'CorsRules') ?? []) as readonly Bag[]).map(corsRule),
      notifiesEventBus:
        at(notifications, 'EventBridgeConfiguration') !== undefined &&
        at(notifications, 'EventBridgeConfiguration', 'EventBridgeEnabled') !== false,
    });
  },
  'Custom::S3BucketNotifications': ({ properties }, built) => {
    const { BucketName, NotificationConfiguration } = properties;
    const bucket = String(BucketName);
    built.objectNotifications.push(...objectNotifications(bucket, NotificationConfiguration as Bag));
    if (at(NotificationConfiguration, 'EventBridgeConfiguration') !== undefined) built.tellingBuckets.add(bucket);
  },
  'AWS::StepFunctions::StateMachine': ({ properties, name, arn, logicalId }, { stateMachines }) => {
    const type = properties.StateMachineType ?? 'STANDARD';
    if (type !== 'STANDARD')
      throw new TemplateError(`${logicalId}: only Standard state machines run here, not ${String(type)}`);
    stateMachines.push({ name, arn, definition: String(properties.DefinitionString) });
  },
  'AWS::Scheduler::Schedule': ({ properties, name }, { schedules }) => {
    const target = properties.Target as Bag;
    checkKeys(`The schedule ${name}`, target, ['Arn', 'RoleArn', 'Input', 'RetryPolicy', 'DeadLetterConfig']);
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
  'AWS::ApiGatewayV2::Route': ({ properties, logicalId }, { routes }) => {
    const { AuthorizationType = 'NONE' } = properties;
    if (AuthorizationType !== 'NONE')
      throw new TemplateError(`${logicalId}: nothing authorizes before a function here: ${String(AuthorizationType)}`);
    routes.push({ key: String(properties.RouteKey), target: String(properties.Target) });
  },
  'AWS::Events::Rule': ({ properties, name }, { rules, schedules }) => {
    const enabled = properties.State !== 'DISABLED';
    if (properties.ScheduleExpression !== undefined) schedules.push(...scheduledRule(name, properties, enabled));
    if (!enabled || (properties.ScheduleExpression !== undefined && properties.EventPattern === undefined)) return;
    const targets = (properties.Targets ?? []) as { Arn: string; DeadLetterConfig?: { Arn: string } }[];
    for (const target of targets)
      checkKeys(`The rule ${name}`, target, ['Arn', 'Id', 'DeadLetterConfig', 'RetryPolicy', 'RoleArn']);
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
      value: optional(properties.SecretString),
      generate: generate && {
        length: number(generate.PasswordLength, 32),
        excludePunctuation: generate.ExcludePunctuation === true,
        ...(typeof generate.ExcludeCharacters === 'string' ? { excludeCharacters: generate.ExcludeCharacters } : {}),
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
