import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type * as z from 'zod';
import { acknowledgeWildcards } from '../../permissions/acknowledge.ts';
import { DeadLetters } from '../dead-letters.ts';
import { FailureBook } from '../failure-book.ts';
import { HandlerFunction, type HandlerFunctionProps } from '../handler-function.ts';
import { environmentOf } from '../millrace-stack.ts';
import { KafkaCluster } from './cluster.ts';
import { type Mapping, type MappingProps, mapTopic } from './mapping.ts';
import { watchLag } from './watch-lag.ts';

export interface StreamHandlerProps<E extends z.ZodObject>
  extends Omit<HandlerFunctionProps<E>, 'asynchronous'>,
    MappingProps {
  /** Each has a mapping of its own. */
  readonly topics: readonly [string, ...string[]];
  /** How far behind is worth an alarm. @default 10 minutes */
  readonly lag?: Duration;
}

// Lambda needs the rest of its fifteen minutes for the poller's own work, else a slow batch is invoked twice.
const longestTimeout = Duration.minutes(14);

/** The function that works off a Kafka topic, partition by partition, and where its failures end. */
export class StreamHandler<E extends z.ZodObject = z.ZodObject> extends Construct {
  readonly handler: HandlerFunction<E>;
  readonly deadLetters: DeadLetters;
  /** Of each topic; a mapping's id is its consumer group's name. */
  readonly mappings: readonly Mapping[];

  constructor(scope: Construct, id: string, { pollers, ...given }: StreamHandlerProps<E>) {
    super(scope, id);
    const ready = environmentOf(this).standing.pollers === 'ready' ? pollers : undefined;
    const props: StreamHandlerProps<E> = { ...given, ...(ready ? { pollers: ready } : {}) };
    this.handler = new HandlerFunction(this, 'Handler', props);
    if (this.handler.timeout.toSeconds() > longestTimeout.toSeconds())
      throw new Error(
        `${props.handler}: a function behind Kafka may take ${longestTimeout.toMinutes()} minutes at most`,
      );
    // The kit answers in the way that the pollers understand.
    this.handler.function.addEnvironment('STREAM_ANSWER', ready ? 'partial' : 'whole');
    this.deadLetters = new DeadLetters(this, 'DeadLetters', {
      edge: props.handler,
      end: 'failed',
      alarm: `${this.handler.name}-dead-letters`,
      impact: props.impact,
      severity: this.handler.severity,
    });
    this.#takeReplays();
    if (props.source instanceof KafkaCluster) this.#allowPollers();
    this.mappings = props.topics.map((topic) => ({ topic, id: mapTopic(this, topic, props).eventSourceMappingId }));
    const { mappings } = this;
    this.#allowFailures(props.failures);
    this.#tellLedger(props, mappings);
    const { source, lag = Duration.minutes(10) } = props;
    if (source instanceof KafkaCluster) watchLag(this, { mappings, lag, clusterName: source.clusterName });
  }

  /** Lambda names what it puts there itself. The CDK's own grant would let the function read and delete all of the bucket. */
  #allowFailures(failures: IBucket): void {
    const below = failures.arnForObjects('aws/lambda/*');
    this.handler.allow(['s3:PutObject'], [below]);
    this.handler.allow(['s3:ListBucket'], [failures.bucketArn]);
    acknowledgeWildcards(this.handler, 'Lambda names what it puts there itself.', [below]);
  }

  /** A record comes again from the ledger as an asynchronous invocation. */
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
}
