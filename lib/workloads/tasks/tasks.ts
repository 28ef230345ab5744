import { Duration } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EdgeName } from '../../../lambdas/kit/ledger/edge.ts';
import * as contract from '../../../lambdas/tasks/contract.ts';
import { AlarmBook } from '../../constructs/alarm-book.ts';
import { CapabilityBook } from '../../constructs/capability-book.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf, removalPolicyOf } from '../../constructs/millrace-stack.ts';
import { ownMetric } from '../../constructs/own-metric.ts';
import { QueueHandler } from '../../constructs/queue-handler.ts';
import { acknowledge } from '../../permissions/acknowledge.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';
import { allowRuns, allowStops } from '../../permissions/executions.ts';
import { Spark } from './spark.ts';
import { TaskQueues } from './task-queues.ts';
import { TaskSchedules } from './task-schedules.ts';
import { TurnsFlow } from './turns-flow.ts';

export interface TasksProps {
  readonly database: Database;
  readonly raw: Bucket;
  /** Files of callers. */
  readonly files: Bucket;
  /** Where scheduled handlers tell of the slots they have started. */
  readonly slots: Queue;
  /** Wakes the mailer. */
  readonly wakes: Queue;
}

/** One of the workers of a lane. */
interface WorkerProps extends TasksProps {
  readonly handler: EdgeName;
  readonly timeout: Duration;
  readonly maxConcurrency: number;
}

const impact = 'Tasks that callers submit wait and have no result.';
// Longer than the longest function (14 minutes) by what its end takes.
const longTimeout = Duration.minutes(15);
// Four minutes in which places that get free are for others, and the last of those can end: each takes a minute at most.
const shortTimeout = Duration.minutes(5);
// Until the timeout, what has ended is written and what hasn't is handed over.
const lastSeconds = 20;

// Receivers that only note what they are told answer in less; a batch of ten waits for the slowest of them.
const firstTryMs = 2000;

/** Registered functions as jobs: queue -> worker, or state machine; their sweep, schedules and callbacks. */
export class Tasks extends Construct {
  readonly queues: TaskQueues;
  readonly worker: QueueHandler<typeof contract.runTasksEnv>;
  readonly longWorker: QueueHandler<typeof contract.runTasksEnv>;
  readonly turns: TurnsFlow;
  readonly callbacks: QueueHandler<typeof contract.sendCallbacksEnv>;
  readonly sweep: QueueHandler<typeof contract.sweepTasksEnv>;

  constructor(scope: Construct, id: string, props: TasksProps) {
    super(scope, id);
    // Each sends to the others' queues: addresses first, queues with those who work them off.
    this.queues = new TaskQueues(this);
    this.callbacks = this.#makeCallbacks(props);
    const { workers, longWorkers } = this.#settings;
    this.worker = this.#makeWorker('Worker', {
      ...props,
      handler: 'tasks/run-tasks',
      timeout: shortTimeout,
      maxConcurrency: workers,
    });
    this.longWorker = this.#makeWorker('LongWorker', {
      ...props,
      handler: 'tasks/run-long-tasks',
      timeout: longTimeout,
      maxConcurrency: longWorkers,
    });
    const runTurn = this.#makeRunTurn(props);
    const { leaseSeconds } = this.#settings;
    const capabilities = CapabilityBook.of(this).offered(contract.capabilities);
    this.turns = new TurnsFlow(this, 'Turns', { runTurn, capabilities, leaseSeconds });
    const spark = new Spark(this, 'Spark', { ...props, runTurn, leaseSeconds });
    const starter = this.#makeStarter(spark);
    this.sweep = this.#makeSweep(props);
    this.queues.settle({
      tasks: this.worker,
      longTasks: this.longWorker,
      starts: starter,
      callbacks: this.callbacks,
      sweeps: this.sweep,
    });
    new TaskSchedules(this, 'Schedules', { ...props, queues: this.queues });
    this.#watch();
  }

  get #settings() {
    return environmentOf(this).workloads.tasks;
  }

  #running({ database, raw, files, wakes }: TasksProps) {
    return {
      ...this.queues.variables,
      DATABASE_URL: database.url,
      RAW_BUCKET: raw.bucketName,
      FILES_BUCKET: files.bucketName,
      ALERTS_QUEUE_URL: wakes.queueUrl,
      TASKS_DOOR: this.queues.arnOf('tasks/run-tasks'),
      LEASE_SECONDS: String(this.#settings.leaseSeconds),
    };
  }

  #allowRunning(handler: HandlerFunction, { raw, files, wakes }: TasksProps): void {
    this.queues.allowSending(handler);
    handler.allow(['sqs:SendMessage'], [wakes.queueArn]);
    allowObjects(handler, files, { read: [contract.filesPrefix] });
    // Large inputs of failures lie where the ledger has them.
    allowObjects(handler, raw, { read: ['tasks'], write: ['tasks', 'platform/failures'] });
  }

  #makeWorker(id: string, props: WorkerProps): QueueHandler<typeof contract.runTasksEnv> {
    const { handler, timeout, maxConcurrency } = props;
    const worker = new QueueHandler(this, id, {
      handler,
      contract: contract.runTasksEnv,
      env: { ...this.#running(props), SHIFT_SECONDS: String(timeout.toSeconds() - lastSeconds) },
      impact,
      severity: 'high',
      timeout,
      memory: contract.workerMemory,
      batchSize: contract.slots,
      maxConcurrency,
      database: props.database,
    });
    this.#allowRunning(worker.handler, props);
    return worker;
  }

  #makeRunTurn(props: TasksProps): HandlerFunction {
    const turn = new HandlerFunction(this, 'RunTurn', {
      handler: 'tasks/run-turn',
      contract: contract.runTurnEnv,
      env: this.#running(props),
      impact: 'Long tasks stand still.',
      timeout: longTimeout,
      memory: contract.workerMemory,
      concurrency: this.#settings.longTasks,
      database: props.database,
    });
    this.#allowRunning(turn, props);
    return turn;
  }

  /** Outside of the VPC: there is no way to Step Functions from inside. */
  #makeStarter(spark: Spark): QueueHandler<typeof contract.startTasksEnv> {
    const { machine } = this.turns;
    const starter = new QueueHandler(this, 'Start', {
      handler: 'tasks/start-tasks',
      contract: contract.startTasksEnv,
      env: {
        TASKS_QUEUE_URL: this.queues.urlOf('tasks/run-tasks'),
        STEPS_MACHINE: machine.stateMachineArn,
        SPARK_MACHINE: spark.machine.stateMachineArn,
      },
      impact: 'Long tasks are not begun.',
    });
    this.queues.allowSending(starter.handler);
    for (const each of [machine, spark.machine]) allowRuns(starter.handler, each);
    allowStops(starter.handler, spark.machine);
    return starter;
  }

  #makeSweep({ database, raw }: TasksProps): QueueHandler<typeof contract.sweepTasksEnv> {
    const sweep = new QueueHandler(this, 'Sweep', {
      handler: 'tasks/sweep-tasks',
      contract: contract.sweepTasksEnv,
      env: {
        ...this.queues.variables,
        DATABASE_URL: database.url,
        RAW_BUCKET: raw.bucketName,
        TASKS_KEEP_DAYS: String(this.#settings.keepDays),
      },
      impact: 'Tasks whose worker died stay as they are.',
      fifo: true,
      delay: Duration.seconds(30),
      timeout: Duration.minutes(1),
      batchSize: 1,
      database,
    });
    this.queues.allowSending(sweep.handler);
    allowObjects(sweep.handler, raw, { read: ['tasks/results'], write: [contract.callbacksPrefix] });
    return sweep;
  }

  /** Outside of the VPC, where the internet is. */
  #makeCallbacks({ raw }: TasksProps): QueueHandler<typeof contract.sendCallbacksEnv> {
    const secret = new Secret(this, 'CallbackKey', {
      description: 'Signs what callers are told of their tasks: {"key": "..."}',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'key',
        passwordLength: 48,
        excludePunctuation: true,
      },
      removalPolicy: removalPolicyOf(this),
    });
    acknowledge(
      secret,
      'npm run keys rotates it: those who are called back hold it, and take up the new one.',
      'AwsSolutions-SMG4',
    );
    const { callbackTimeoutMs } = this.#settings;
    // One that never answers has all the time there is, but takes none of the others'.
    const patient = this.#sending({ raw, secret }, callbackTimeoutMs);
    const slow = new QueueHandler(this, 'SlowCallbacks', {
      ...patient,
      handler: 'tasks/send-slow-callbacks',
      contract: contract.sendSlowCallbacksEnv,
    });
    const soon = this.#sending({ raw, secret }, Math.min(firstTryMs, callbackTimeoutMs));
    const callbacks = new QueueHandler(this, 'Callbacks', {
      ...soon,
      handler: 'tasks/send-callbacks',
      contract: contract.sendCallbacksEnv,
      env: { ...soon.env, SLOW_CALLBACKS_QUEUE_URL: slow.queue.queueUrl },
    });
    callbacks.handler.allow(['sqs:SendMessage'], [slow.queue.queueArn]);
    for (const { handler } of [callbacks, slow]) {
      handler.allow(['secretsmanager:GetSecretValue'], [secret.secretArn]);
      handler.allow(['sqs:SendMessage'], [this.queues.arnOf('tasks/run-tasks')]);
      allowObjects(handler, raw, { read: [contract.callbacksPrefix] });
    }
    return callbacks;
  }

  /** What those who send callbacks have in common. */
  #sending({ raw, secret }: { readonly raw: Bucket; readonly secret: Secret }, timeoutMs: number) {
    return {
      env: {
        TASKS_QUEUE_URL: this.queues.urlOf('tasks/run-tasks'),
        RAW_BUCKET: raw.bucketName,
        CALLBACKS_SECRET: secret.secretArn,
        CALLBACK_TIMEOUT_MS: String(timeoutMs),
        PAGE_ALLOWED: this.#settings.callbacksAllowed.join(),
      },
      impact: 'Callers are not told that their tasks have ended.',
      severity: 'low',
      timeout: Duration.seconds(Math.ceil(timeoutMs / 1000) + 10),
    } as const;
  }

  #watch(): void {
    const book = AlarmBook.of(this);
    // A message that comes again after its worker died is as old as its visibility, six times its function's timeout; a
    // queue without a consumer is older.
    this.#watchAge('tasks-wait-too-long', this.worker, Duration.hours(1));
    this.#watchAge('long-tasks-wait-too-long', this.longWorker, Duration.hours(2));
    book.add(this, {
      name: 'tasks-sent-again',
      metric: ownMetric(this, { name: 'TasksSentAgain', workload: 'tasks' }),
      threshold: 10,
      impact: 'Workers die, or messages get lost: tasks are begun anew half a minute later.',
      severity: 'low',
    });
  }
  #watchAge(name: string, { queue }: QueueHandler, atMost: Duration): void {
    AlarmBook.of(this).add(this, {
      name,
      metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: atMost.toSeconds(),
      impact,
      severity: 'medium',
    });
  }
}
