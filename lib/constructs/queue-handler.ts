import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type * as z from 'zod';
import { edgeResourceName } from '../../lambdas/kit/ledger/edge.ts';
import { DeadLetters } from './dead-letters.ts';
import { FailureBook } from './failure-book.ts';
import { HandlerFunction, type HandlerFunctionProps } from './handler-function.ts';
import { environmentOf } from './millrace-stack.ts';

export interface QueueHandlerProps<E extends z.ZodObject>
  extends Omit<HandlerFunctionProps<E>, 'asynchronous' | 'concurrency'> {
  /** Batches at once; SQS allows no less than 2. @default 2 */
  readonly maxConcurrency?: number;
  /** @default 10 */
  readonly batchSize?: number;
  /** How long a batch is gathered; one of more than 10 messages needs it. @default not at all */
  readonly batchingWindow?: Duration;
  /** Tries before a message is dead. @default 5 */
  readonly attempts?: number;
  /** Keeps an order within groups, and drops a message that is sent again within five minutes. @default false */
  readonly fifo?: boolean;
  /** How long a message waits before a consumer sees it. @default not at all */
  readonly delay?: Duration;
  /** Its dead letters go to the ledger; those of the ledger's own intake can't. @default true */
  readonly ledger?: boolean;
}

/** A queue, the function that works it off in partial batches, and the dead letters of what kept failing. */
export class QueueHandler<E extends z.ZodObject = z.ZodObject> extends Construct {
  readonly queue: Queue;
  readonly handler: HandlerFunction<E>;
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, props: QueueHandlerProps<E>) {
    super(scope, id);
    const { ledger = true, maxConcurrency: concurrency = 2, attempts = 5, fifo, delay } = props;
    const edge = props.handler;
    this.handler = new HandlerFunction(this, 'Handler', { ...props, concurrency });
    this.deadLetters = new DeadLetters(this, 'DeadLetters', {
      edge,
      end: 'dead',
      fifo,
      alarm: `${this.handler.name}-dead-letters`,
      impact: props.impact,
      severity: this.handler.severity,
      drained: ledger,
    });
    this.queue = new Queue(this, 'Queue', {
      queueName: edgeResourceName({ environment: environmentOf(this).name, edge, fifo }),
      ...(fifo ? { fifo } : {}),
      ...(delay ? { deliveryDelay: delay } : {}),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      // AWS asks for at least six times the function's timeout.
      visibilityTimeout: Duration.seconds(this.handler.timeout.toSeconds() * 6),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: attempts },
    });
    if (ledger) this.#tellLedger(attempts);
    this.handler.function.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: props.batchSize ?? 10,
        ...(props.batchingWindow ? { maxBatchingWindow: props.batchingWindow } : {}),
        ...(environmentOf(this).standing.queueReaders === 'bounded' ? { maxConcurrency: concurrency } : {}),
        reportBatchItemFailures: true,
      }),
    );
  }
  /** The kit tells of what fails for good; what the function can't answer for comes by the dead letters. */
  #tellLedger(attempts: number): void {
    const book = FailureBook.of(this);
    const { reports } = book;
    if (!reports) throw new Error(`${this.handler.handler}: make the queue of failures before what tells of them`);
    this.handler.function.addEnvironment('FAILURES_QUEUE_URL', reports.queueUrl);
    this.handler.function.addEnvironment('QUEUE_ATTEMPTS', String(attempts));
    this.handler.allow(['sqs:SendMessage'], [reports.queueArn]);
    book.deadEnds.push({ edge: this.handler.handler, deadLetters: this.deadLetters, source: this.queue });
  }
}
