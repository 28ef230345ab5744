import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { handlerFiles } from '../bin/handler-files.ts';
import { environmentNamed } from '../lib/environment.ts';
import { handlerOf, type Resource } from '../lib/inventory/assembly.ts';
import { routesOf } from '../lib/inventory/triggers.ts';
import { assemblies, objectsIn, prod } from './lib/assemblies.ts';
import { doorsOfMany } from './lib/ways-to-the-ledger.ts';

/** Template properties under the names a test needs. */
type Read = Readonly<Record<string, unknown>>;

const queueOf = (arn: unknown, from: Resource, assembly = prod) => assembly.referred(from.stack, arn);

describe.each(assemblies)('every function ($folder)', (assembly) => {
  test('has its handler file, and every handler file has its function', () => {
    // A serverless cluster's alone: test/lib/streaming.test.ts.
    const elsewhere = ['platform/make-topics'];
    expect([...assembly.functions.map(handlerOf), ...elsewhere].sort()).toEqual([...handlerFiles().keys()].sort());
  });

  test.each(assembly.functions)(
    '$properties.Description runs on arm64 and Node 24, traced, in JSON, bounded in number and time',
    ({ properties }) => {
      expect(properties).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON' },
      });
      expect(properties.ReservedConcurrentExecutions).toBeGreaterThan(0);
      expect(properties.Timeout).toBeLessThanOrEqual(900);
    },
  );

  test('keeps its logs for a bounded time, also those that the CDK brings along', () => {
    for (const resource of assembly.ofType('AWS::Lambda::Function')) {
      const { LogGroup } = (resource.properties.LoggingConfig ?? {}) as Read;
      expect(assembly.referred(resource.stack, LogGroup)?.properties.RetentionInDays, resource.id).toBeGreaterThan(0);
    }
  });

  test('has a role of its own', () => {
    const roles = assembly.functions.map(({ stack, properties }) => assembly.textOf(stack, properties.Role));

    expect(new Set(roles).size).toBe(roles.length);
  });

  test('is inside the VPC exactly when it uses the database or the brokers', () => {
    for (const { properties } of assembly.functions) {
      const { Variables } = properties.Environment as { Variables: Read };
      expect('VpcConfig' in properties, String(properties.Description)).toBe(
        'DATABASE_URL' in Variables || 'KAFKA_BROKERS' in Variables,
      );
    }
  });

  test('that answers a route stops before API Gateway hangs up', () => {
    for (const { handler } of routesOf(assembly)) {
      const answering = assembly.functions.find((resource) => handlerOf(resource) === handler);
      expect(answering?.properties.Timeout, handler).toBeLessThan(30);
    }
  });
});

describe.each(assemblies)('connections to the database ($folder)', (assembly) => {
  test('stay far below what its cluster takes', () => {
    const users = assembly.functions.filter(({ properties }) => 'VpcConfig' in properties);

    const connections = users.reduce((sum, { properties }) => sum + Number(properties.ReservedConcurrentExecutions), 0);

    // Aurora allows what the largest size has memory for, whatever size it has now: 189 at 1 ACU, 823 at 4, 1,669 at 8.
    const sizes = [...objectsIn(assembly.ofType('AWS::RDS::DBCluster'))];
    const { MaxCapacity } = sizes.find((one) => 'MaxCapacity' in one) ?? {};
    expect(connections).toBeLessThan((189 * Number(MaxCapacity)) / 2);
  });

  test('go through no proxy, which would keep a cluster of 0 ACU awake', () => {
    expect(assembly.ofType('AWS::RDS::DBProxy')).toEqual([]);
  });

  test('are encrypted, by IAM, to a cluster that no internet reaches', () => {
    const [cluster] = assembly.ofType('AWS::RDS::DBCluster');
    expect(cluster?.properties).toMatchObject({ StorageEncrypted: true, EnableIAMDatabaseAuthentication: true });
    expect(assembly.ofType('AWS::EC2::InternetGateway').concat(assembly.ofType('AWS::EC2::NatGateway'))).toEqual([]);
  });
});

describe.each(assemblies)('every asynchronous edge ($folder)', (assembly) => {
  const deadEnds = new Set<Resource | undefined>();
  for (const queue of assembly.ofType('AWS::SQS::Queue')) {
    const redrive = queue.properties.RedrivePolicy as Read | undefined;
    if (redrive) deadEnds.add(queueOf(redrive.deadLetterTargetArn, queue, assembly));
  }
  for (const schedule of assembly.ofType('AWS::Scheduler::Schedule')) {
    const { DeadLetterConfig } = schedule.properties.Target as { DeadLetterConfig?: { Arn: unknown } };
    deadEnds.add(queueOf(DeadLetterConfig?.Arn, schedule, assembly));
  }
  for (const config of assembly.ofType('AWS::Lambda::EventInvokeConfig')) {
    const { OnFailure } = config.properties.DestinationConfig as { OnFailure?: { Destination: unknown } };
    deadEnds.add(queueOf(OnFailure?.Destination, config, assembly));
  }
  for (const rule of assembly.ofType('AWS::Events::Rule')) {
    for (const { DeadLetterConfig } of (rule.properties.Targets ?? []) as { DeadLetterConfig?: { Arn: unknown } }[])
      deadEnds.add(queueOf(DeadLetterConfig?.Arn, rule, assembly));
  }

  test('ends somewhere', () => {
    expect(deadEnds).not.toContain(undefined);
  });

  test('has a queue with dead letters, or is a dead end itself', () => {
    for (const queue of assembly.ofType('AWS::SQS::Queue'))
      expect(Boolean(queue.properties.RedrivePolicy) !== deadEnds.has(queue), queue.id).toBe(true);
  });

  test('has an alarm on its dead end, or the ledger drains it and has one itself', () => {
    const few = environmentNamed(path.basename(assembly.folder)).standing.alarms === 'few';
    const watched = assembly
      .ofType('AWS::CloudWatch::Alarm')
      .flatMap(({ stack, properties }) =>
        [...objectsIn(properties)]
          .filter(({ Name }) => Name === 'QueueName')
          .map(({ Value }) => assembly.referred(stack, Value)),
      );
    const drained = assembly
      .ofType('AWS::Lambda::EventSourceMapping')
      .map(({ stack, properties }) => assembly.referred(stack, properties.EventSourceArn));
    for (const queue of deadEnds) expect(few ? [...watched, ...drained] : watched, queue?.id).toContain(queue);
    const names = assembly.ofType('AWS::CloudWatch::Alarm').map(({ properties }) => String(properties.AlarmName));
    expect(names.filter((name) => name.endsWith('-platform-record-failures-fails'))).toHaveLength(1);
  });

  test('of a queue reports failed items, is bounded, and stays invisible six times as long as the function may take', () => {
    for (const { stack, properties } of assembly.ofType('AWS::Lambda::EventSourceMapping')) {
      if (properties.Topics) continue;
      const queue = assembly.referred(stack, properties.EventSourceArn);
      const called = assembly.referred(stack, properties.FunctionName);
      expect(properties).toMatchObject({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
      const { MaximumConcurrency = called?.properties.ReservedConcurrentExecutions } = (properties.ScalingConfig ??
        {}) as Read;
      expect(MaximumConcurrency).toBeGreaterThanOrEqual(2);
      expect(queue?.properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Number(called?.properties.Timeout));
    }
  });

  test('of a schedule has a zone, few retries, the slot as input and a function that keeps its failures', () => {
    const caught = assembly
      .ofType('AWS::Lambda::EventInvokeConfig')
      .map(({ stack, properties }) => assembly.referred(stack, properties.FunctionName));
    for (const { stack, properties } of assembly.ofType('AWS::Scheduler::Schedule')) {
      const target = properties.Target as {
        Arn: unknown;
        Input: string;
        RetryPolicy: { MaximumRetryAttempts: number };
      };
      expect(properties.ScheduleExpressionTimezone).toMatch(/^[A-Z][a-z]+\/[A-Z]/);
      expect(target.RetryPolicy.MaximumRetryAttempts).toBeLessThanOrEqual(5);
      const { schedule, ...slot } = JSON.parse(target.Input) as { schedule?: string };
      expect(slot).toEqual({ scheduledTime: '<aws.scheduler.scheduled-time>' });
      // Its slots are kept: the function tells of its starts, and under the name that the keeper knows.
      const start = assembly.referred(stack, target.Arn);
      if (schedule !== undefined) {
        // Or it is one of many that have one door: of the functions that are scheduled.
        const door = start?.properties.Description;
        const shared = typeof door === 'string' ? doorsOfMany[door] : undefined;
        expect(shared ?? [door]).toContain(schedule);
        const { Variables = {} } = (start?.properties.Environment ?? {}) as { Variables?: object };
        // By the queue; within the VPC a function may write into the book itself.
        expect(Object.keys(Variables).filter((key) => /^(SLOTS_QUEUE|DATABASE)_URL$/.test(key))).not.toHaveLength(0);
      }
      expect(caught).toContain(assembly.referred(stack, target.Arn));
    }
  });
});

describe('every alarm', () => {
  const alarms = prod.ofType('AWS::CloudWatch::Alarm');
  const metrics = alarms.flatMap(({ stack, properties }) =>
    [...objectsIn(properties)].flatMap(({ MetricName, Dimensions }) =>
      MetricName ? [`${MetricName} ${prod.textOf(stack, (Dimensions as Read[])[0]?.Value)}`] : [],
    ),
  );

  test('says impact, severity and the section of the runbook that has its name', () => {
    for (const { properties } of alarms) {
      const name = String(properties.AlarmName).replace('millrace-prod-', '');
      expect(String(properties.AlarmDescription).split('\n')).toEqual([
        expect.stringMatching(/^[A-Z].{20,}\.$/),
        expect.stringMatching(/^Severity: (low|medium|high)$/),
        `Runbook: docs/runbook.md#${name}`,
      ]);
    }
  });

  test('has its own name', () => {
    expect(new Set(alarms.map(({ properties }) => properties.AlarmName)).size).toBe(alarms.length);
  });

  test.each(prod.functions)('watches errors: $properties.Description has one', ({ id }) => {
    expect(metrics).toContain(`Errors <${id}>`);
  });

  test.each(prod.ofType('AWS::StepFunctions::StateMachine'))(
    'watches runs that fail, are late or stopped: $id has one',
    ({ id }) => {
      // Terminating a task on Spark stops its execution, to cancel the job: that is no failure.
      const stopped = id.startsWith('TasksSpark') ? [] : ['ExecutionsAborted'];
      for (const metric of ['ExecutionsFailed', 'ExecutionsTimedOut', ...stopped])
        expect(metrics).toContain(`${metric} <${id}>`);
    },
  );
});

describe.each(assemblies)('what is stored ($folder)', (assembly) => {
  test.each(assembly.ofType('AWS::S3::Bucket'))(
    'in $id is private, encrypted in transit and at rest, and has a life cycle',
    (bucket) => {
      expect(bucket.properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: { ServerSideEncryptionConfiguration: [expect.anything()] },
        LifecycleConfiguration: { Rules: expect.arrayContaining([expect.objectContaining({ Status: 'Enabled' })]) },
      });
      expect(refusesPlainText(assembly.ofType('AWS::S3::BucketPolicy'), 'Bucket', bucket)).toBe(true);
    },
  );

  test.each(assembly.ofType('AWS::SQS::Queue'))('in $id is encrypted in transit and at rest', (queue) => {
    expect(queue.properties.SqsManagedSseEnabled).toBe(true);
    expect(refusesPlainText(assembly.ofType('AWS::SQS::QueuePolicy'), 'Queues', queue)).toBe(true);
  });

  /** A policy of this resource denies whatever comes without TLS. */
  function refusesPlainText(policies: readonly Resource[], key: string, resource: Resource): boolean {
    const own = policies.filter(({ stack, properties }) =>
      [properties[key]].flat().some((name) => assembly.referred(stack, name) === resource),
    );
    return own.some(({ properties }) =>
      [...objectsIn(properties)].some(
        ({ Effect, Condition }) =>
          Effect === 'Deny' && JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
      ),
    );
  }

  test('as raw input keeps every version and tells of every change', () => {
    const raw = assembly.ofType('AWS::S3::Bucket').filter(({ properties }) => 'VersioningConfiguration' in properties);
    expect(raw.map(({ properties }) => properties)).toMatchObject([
      {
        VersioningConfiguration: { Status: 'Enabled' },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
    ]);
  });

  test('as a secret stands in no template', () => {
    for (const [stack, template] of assembly.templates) {
      expect(JSON.stringify(template), stack).not.toContain('{{resolve:');
      expect(JSON.stringify(template), stack).not.toMatch(/"(MasterUserPassword|SecretString)"/);
    }
  });
});

describe('prod', () => {
  const stateful = ['AWS::S3::Bucket', 'AWS::RDS::DBCluster', 'AWS::SecretsManager::Secret'];

  test.each(stateful.flatMap((type) => prod.ofType(type)))(
    'keeps $type $id when its stack goes',
    ({ deletionPolicy }) => {
      expect(deletionPolicy).toMatch(/^Retain/);
    },
  );

  test('cannot lose its database by one call', () => {
    expect(prod.ofType('AWS::RDS::DBCluster')[0]?.properties.DeletionProtection).toBe(true);
  });
});
