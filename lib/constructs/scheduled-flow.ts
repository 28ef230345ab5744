import { Aws, Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct, type IConstruct } from 'constructs';
import { edgeResourceName } from '../../lambdas/kit/ledger/edge.ts';
import type { ScheduledTask, SlotRules } from '../../lambdas/kit/schedule/schedule.ts';
import { acknowledgeWildcards } from '../permissions/acknowledge.ts';
import { DeadLetters } from './dead-letters.ts';
import { type EdgeName, FailureBook } from './failure-book.ts';
import type { HandlerFunction } from './handler-function.ts';
import { environmentOf } from './millrace-stack.ts';

export interface ScheduledFlowProps {
  /** Where several schedules have one door: what this one is called. @default the door's own name */
  readonly name?: EdgeName;
  /** When, in which zone, and what a missed run costs. */
  readonly task: ScheduledTask;
  /** The door: it gets `{ scheduledTime }`, the slot and not the moment of the call, and the schedule's name where slots are kept. */
  readonly start: HandlerFunction;
  readonly enabled: boolean;
}

/** One schedule in its own zone, with few retries and a dead end for starts that never reached the function. */
export class ScheduledFlow extends Construct {
  readonly schedule: Schedule;
  /** Known beforehand, unlike the schedule's own name. */
  readonly groupName: string;
  /** `platform-export-tables`: named for the function it calls. */
  readonly name: string;
  /** What a missed run costs. */
  readonly impact: string;

  constructor(scope: Construct, id: string, props: ScheduledFlowProps) {
    super(scope, id);
    const { task, start, enabled, name: edge = start.handler } = props;
    this.name = edge.replace('/', '-');
    this.impact = task.impact;
    const missed = new DeadLetters(this, 'Missed', {
      edge,
      end: 'missed',
      alarm: `${this.name}-missed`,
      impact: task.impact,
      severity: start.severity,
    });
    FailureBook.of(this).deadEnds.push({ edge, deadLetters: missed });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com').withConditions({
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      }),
    });
    acknowledgeWildcards(role, 'Versions of this one function.', [`${start.function.functionArn}:*`]);
    this.groupName = edgeResourceName({ environment: environmentOf(this).name, edge });
    this.schedule = new Schedule(this, 'Schedule', {
      description: task.impact,
      schedule: ScheduleExpression.expression(task.at, TimeZone.of(task.timeZone)),
      scheduleGroup: this.#makeGroup(),
      enabled,
      target: new LambdaInvoke(start.function, {
        input: ScheduleTargetInput.fromObject({
          scheduledTime: ContextAttribute.scheduledTime,
          ...(task.slots ? { schedule: edge } : {}),
        }),
        role,
        deadLetterQueue: missed,
        // The default is 185 times over a day; a start that late is a person's decision.
        retryAttempts: 3,
        maxEventAge: Duration.hours(1),
      }),
    });
    if (task.slots) this.#keep(edge, props, role);
  }

  /** It holds nothing but this schedule: retained, its name would be in the way of the next deployment. */
  #makeGroup(): ScheduleGroup {
    const { groupName: scheduleGroupName } = this;
    return new ScheduleGroup(this, 'Group', { scheduleGroupName, removalPolicy: RemovalPolicy.DESTROY });
  }

  /** The keeper of slots finds it in the book. */
  #keep(name: EdgeName, { task, start, enabled }: ScheduledFlowProps, role: Role): void {
    if (!task.slots || !task.at.startsWith('cron('))
      throw new Error(`${name}: only the slots of a cron expression are known beforehand`);
    const { slots } = task;
    ScheduleBook.of(this).schedules.push({ name, task, slots, enabled, start: start.function, flow: this, role });
  }
}

/** A schedule whose slots are kept. */
export interface BookedSchedule {
  readonly name: EdgeName;
  readonly task: ScheduledTask;
  readonly slots: SlotRules;
  readonly enabled: boolean;
  /** Starts a slot's work. */
  readonly start: IFunction;
  readonly flow: ScheduledFlow;
  /** With which EventBridge Scheduler calls the door. */
  readonly role: Role;
}

/** Every schedule of the app whose slots are kept, in the order of their making; the keeper of slots is made after them. */
export class ScheduleBook {
  readonly schedules: BookedSchedule[] = [];
  static readonly #books = new WeakMap<IConstruct, ScheduleBook>();

  /** The book of the app a construct stands in. */
  static of(scope: IConstruct): ScheduleBook {
    const book = ScheduleBook.#books.get(scope.node.root) ?? new ScheduleBook();
    ScheduleBook.#books.set(scope.node.root, book);
    return book;
  }
}
