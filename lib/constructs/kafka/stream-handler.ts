import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import {
  EventSourceMapping,
  type EventSourceMappingOptions,
  SourceAccessConfigurationType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type * as z from 'zod';
import { acknowledgeWildcards } from '../../permissions/acknowledge.ts';
import { AlarmBook } from '../alarm-book.ts';
import { DeadLetters } from '../dead-letters.ts';
import { FailureBook } from '../failure-book.ts';
import { HandlerFunction, type HandlerFunctionProps } from '../handler-function.ts';
import { KafkaCluster } from './cluster.ts';

/** Brokers that are none of ours. */
export interface SelfManagedBrokers {
  readonly bootstrapServers: readonly string[];
  /** User name and password for SASL/SCRAM-512. */
  readonly secret: ISecret;
}

export interface StreamHandlerProps<E extends z.ZodObject> extends Omit<HandlerFunctionProps<E>, 'asynchronous'> {
  readonly source: KafkaCluster | SelfManagedBrokers;
  /** Each has a mapping of its own. */
  readonly topics: readonly [string, ...string[]];
  /** Where a batch goes that kept failing, whole; its arrival there goes to the ledger. */
  readonly failures: IBucket;
  /**
   * Pollers that are kept ready: only they take partial answers, retries, bisecting. Each takes 5 MB/s; a group of ten
   * costs some 135 USD a month, shared by all handlers of one group's name. @default pollers on demand
   */
  readonly pollers?: { readonly minimum: number; readonly maximum: number; readonly group: string };
  /** Records of a batch at most, up to 10,000. @default 500 */
  readonly batchSize?: number;
  /** How long a batch is gathered. @default 1 second */
  readonly batchingWindow?: Duration;
  /** Tries before a batch goes to `failures`; only with pollers kept ready. @default 5 */
  readonly attempts?: number;
  /** How far behind is worth an alarm. @default 10 minutes */
  readonly lag?: Duration;
}

interface Mapping {
  readonly topic: string;
  readonly id: string;
}

// Lambda needs the rest of its fifteen minutes for the poller's own work, else a slow batch is invoked twice.
const longestTimeout = Duration.minutes(14);
const minute = Duration.minutes(1);

/** The function that works off a Kafka topic, partition by partition, and where its failures end. */
export class StreamHandler<E extends z.ZodObject = z.ZodObject> extends Construct {
  readonly handler: HandlerFunction<E>;
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, props: StreamHandlerProps<E>) {
    super(scope, id);
    this.handler = new HandlerFunction(this, 'Handler', props);
    if (this.handler.timeout.toSeconds() > longestTimeout.toSeconds())
      throw new Error(
        `${props.handler}: a function behind Kafka may take ${longestTimeout.toMinutes()} minutes at most`,
      );
    // The kit answers in the way that the pollers understand.
    this.handler.function.addEnvironment('STREAM_ANSWER', props.pollers ? 'partial' : 'whole');
    this.deadLetters = new DeadLetters(this, 'DeadLetters', {
      edge: props.handler,
      end: 'failed',
      alarm: `${this.handler.name}-dead-letters`,
      impact: props.impact,
      severity: this.handler.severity,
    });
    this.#takeReplays();
    if (props.source instanceof KafkaCluster) this.#allowPollers();
    const mappings = props.topics.map((topic) => ({ topic, id: this.#makeMapping(topic, props).eventSourceMappingId }));
    this.#allowFailures(props.failures);
    this.#tellLedger(props, mappings);
    if (props.source instanceof KafkaCluster) this.#watchLag(props.source, props, mappings);
  }

  #makeMapping(topic: string, props: StreamHandlerProps<E>): EventSourceMapping {
    const { source, pollers } = props;
    const id = `Mapping-${topic.replaceAll('.', '-')}`;
    const options: EventSourceMappingOptions = {
      kafkaTopic: topic,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize ?? 500,
      maxBatchingWindow: props.batchingWindow ?? Duration.seconds(1),
      onFailure: { bind: () => ({ destination: props.failures.bucketArn }) },
      supportS3OnFailureDestination: true,
      ...(pollers
        ? {
            provisionedPollerConfig: {
              minimumPollers: pollers.minimum,
              maximumPollers: pollers.maximum,
              pollerGroupName: pollers.group,
            },
            reportBatchItemFailures: true,
            bisectBatchOnError: true,
            retryAttempts: (props.attempts ?? 5) - 1,
          }
        : {}),
    };
    if (source instanceof KafkaCluster) {
      source.grantConsume(this.handler, topic);
      return new EventSourceMapping(this, id, {
        ...options,
        target: this.handler.function,
        eventSourceArn: source.clusterArn,
      });
    }
    source.secret.grantRead(this.handler.function);
    return new EventSourceMapping(this, id, {
      ...options,
      target: this.handler.function,
      kafkaBootstrapServers: [...source.bootstrapServers],
      sourceAccessConfigurations: [
        { type: SourceAccessConfigurationType.SASL_SCRAM_512_AUTH, uri: source.secret.secretArn },
      ],
    });
  }

  /** Lambda names what it puts there itself. The CDK's own grant would let the function read and delete all of the bucket. */
  #allowFailures(failures: IBucket): void {
    const below = failures.arnForObjects('aws/lambda/*');
    this.handler.allow(['s3:PutObject'], [below]);
    this.handler.allow(['s3:ListBucket'], [failures.bucketArn]);
    acknowledgeWildcards(this.handler, 'Lambda names what it puts there itself.', [below]);
  }

  /** A record comes again from the ledger as an invocation nobody waits for. */
  #takeReplays(): void {
    this.handler.function.configureAsyncInvoke({ onFailure: new SqsDestination(this.deadLetters), retryAttempts: 2 });
    FailureBook.of(this).functions.push(this.handler.function);
  }

  /** Lambda's pollers reach the brokers by interfaces in their subnets, made in the function's name. */
  #allowPollers(): void {
    this.handler.allow(
      [
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      ['*'],
    );
  }

  /** Lambda puts what failed below `aws/lambda/<id of the mapping>/`; that this happened is an event of S3. */
  #tellLedger({ handler, failures }: StreamHandlerProps<E>, mappings: readonly Mapping[]): void {
    new Rule(this, 'FailedBatches', {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [failures.bucketName] },
          object: { key: mappings.map(({ id }) => ({ prefix: `aws/lambda/${id}/` })) },
        },
      },
      targets: [new SqsQueue(this.deadLetters, { deadLetterQueue: this.deadLetters })],
    });
    FailureBook.of(this).deadEnds.push({ edge: handler, deadLetters: this.deadLetters });
  }

  /** Of several topics, the one that is farthest behind. */
  #watchLag(
    { clusterName }: KafkaCluster,
    { lag = Duration.minutes(10) }: StreamHandlerProps<E>,
    mappings: readonly Mapping[],
  ): void {
    const metrics = mappings.map(
      ({ topic, id }) =>
        new Metric({
          namespace: 'AWS/Kafka',
          metricName: 'EstimatedMaxTimeLag',
          // The pollers' consumer group is named for the mapping.
          dimensionsMap: { 'Cluster Name': clusterName, 'Consumer Group': id, Topic: topic },
          statistic: 'Maximum',
          period: minute,
        }),
    );
    const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`lag${index}`, metric]));
    const [only] = metrics;
    AlarmBook.of(this).add(this, {
      name: `${this.handler.name}-lags`,
      metric:
        only && metrics.length === 1
          ? only
          : new MathExpression({ expression: 'MAX(METRICS())', usingMetrics, period: minute }),
      // In seconds.
      threshold: lag.toSeconds(),
      evaluationPeriods: 3,
      impact: this.handler.impact,
      severity: this.handler.severity,
    });
  }
}
