import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  advanceBackfillEnv,
  type KeptSchedule,
  keeperTask,
  keepSlotsEnv,
  startWorkEnv,
  switchScheduleEnv,
  writtenSchedules,
} from '../../../lambdas/platform/contract.ts';
import { AlarmBook } from '../../constructs/alarm-book.ts';
import type { Database } from '../../constructs/database.ts';
import { FailureBook } from '../../constructs/failure-book.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { ownMetric } from '../../constructs/own-metric.ts';
import { QueueHandler } from '../../constructs/queue-handler.ts';
import { ScheduleBook, ScheduledFlow } from '../../constructs/scheduled-flow.ts';
import { allowObjects, allowRemoval } from '../../permissions/bucket-access.ts';

export interface SlotsProps {
  readonly database: Database;
  /** Slots that were skipped while the database slept lie in it. */
  readonly raw: Bucket;
  /** Wakes the mailer: missed slots are failures. */
  readonly wakes: Queue;
}

// A start, its run and the run's last state take a minute at least.
const paceSeconds = 30;

/**
 * The keeper of slots, which finds the missed ones; the chain of turns that moves backfills on; and the queue of
 * starts, through which both start what they want done. Made after every schedule and state machine, and before the ledger's intake.
 */
export class Slots extends Construct {
  readonly starts: Queue;
  /** Turns of backfills. */
  readonly backfills: Queue;
  /** Changes of schedules, as pauses ask for. */
  readonly switches: Queue;
  /** Every schedule whose slots are kept, as JSON. */
  readonly schedules: string;

  constructor(scope: Construct, id: string, { database, raw, wakes }: SlotsProps) {
    super(scope, id);
    this.schedules = Stack.of(this).toJsonString(writtenSchedules(ScheduleBook.of(this).schedules.map(keptSchedule)));
    this.starts = this.#makeStarter();
    this.backfills = this.#makeBackfills(database);
    this.switches = this.#makeSwitch();
    const keeper = new HandlerFunction(this, 'Keep', {
      handler: 'platform/keep-slots',
      contract: keepSlotsEnv,
      env: {
        DATABASE_URL: database.url,
        RAW_BUCKET: raw.bucketName,
        STARTS_QUEUE_URL: this.starts.queueUrl,
        SWITCHES_QUEUE_URL: this.switches.queueUrl,
        ALERTS_QUEUE_URL: wakes.queueUrl,
        SCHEDULES: this.schedules,
      },
      impact: keeperTask.impact,
      timeout: Duration.minutes(2),
      concurrency: 1,
      asynchronous: true,
      database,
    });
    allowObjects(keeper, raw, { read: ['platform/skipped-slots'] });
    allowRemoval(keeper, raw, 'platform/skipped-slots');
    keeper.allow(['sqs:SendMessage'], [this.starts.queueArn, this.switches.queueArn, wakes.queueArn]);
    const { keepEvery } = environmentOf(this).slots;
    new ScheduledFlow(this, 'Schedule', { task: { ...keeperTask, at: keepEvery }, start: keeper, enabled: true });
    AlarmBook.of(this).add(this, {
      name: 'platform-slots-missed',
      metric: ownMetric(this, { name: 'SlotsMissed', workload: 'platform' }),
      impact: 'A schedule did not start its work in time; its policy decides whether it is caught up.',
      severity: 'medium',
    });
  }

  #makeBackfills(database: Database): Queue {
    const turns = new QueueHandler(this, 'Backfill', {
      handler: 'platform/advance-backfill',
      contract: advanceBackfillEnv,
      env: {
        DATABASE_URL: database.url,
        STARTS_QUEUE_URL: this.starts.queueUrl,
        // Its own queue, which is made after it.
        BACKFILLS_QUEUE_URL: Lazy.string({ produce: () => this.backfills.queueUrl }),
        BACKFILL_PACE_SECONDS: String(paceSeconds),
      },
      impact: 'Backfills stand still.',
      timeout: Duration.minutes(1),
      batchSize: 1,
      database,
    });
    turns.handler.allow(['sqs:SendMessage'], [this.starts.queueArn, turns.queue.queueArn]);
    return turns.queue;
  }

  #makeSwitch(): Queue {
    const { schedules } = ScheduleBook.of(this);
    const ids = schedules.map(({ name, flow }) => [name, `${flow.groupName}/${flow.schedule.scheduleName}`]);
    const turn = new QueueHandler(this, 'Switch', {
      handler: 'platform/switch-schedule',
      contract: switchScheduleEnv,
      env: { SCHEDULES: Stack.of(this).toJsonString(Object.fromEntries(ids)) },
      impact: 'Paused schedules go on, or resumed ones stand still.',
      timeout: Duration.seconds(30),
    });
    if (schedules.length === 0) return turn.queue;
    const arns = schedules.map(({ flow }) => flow.schedule.scheduleArn);
    turn.handler.allow(['scheduler:GetSchedule', 'scheduler:UpdateSchedule'], arns);
    // An update hands the schedule's role over once more.
    turn.handler.allow(
      ['iam:PassRole'],
      schedules.map(({ role }) => role.roleArn),
    );
    return turn.queue;
  }

  #makeStarter(): Queue {
    const starter = new QueueHandler(this, 'Start', {
      handler: 'platform/start-work',
      contract: startWorkEnv,
      env: {},
      impact: 'Missed slots are seen but not caught up, and backfills stand still.',
      timeout: Duration.seconds(30),
    });
    const functions = ScheduleBook.of(this).schedules.map(({ start }) => start.functionArn);
    if (functions.length > 0) starter.handler.allow(['lambda:InvokeFunction'], functions);
    const machines = FailureBook.of(this).machines.map(({ machine }) => machine.stateMachineArn);
    if (machines.length > 0) starter.handler.allow(['states:StartExecution'], machines);
    return starter.queue;
  }
}

function keptSchedule({ name, task, slots, enabled, start }: ScheduleBook['schedules'][number]): KeptSchedule {
  return { name, at: task.at, zone: task.timeZone, ...slots, enabled, door: start.functionArn };
}
