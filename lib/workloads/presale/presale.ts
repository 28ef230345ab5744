import { Duration } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, QueryLanguage, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { edgeResourceName } from '../../../lambdas/kit/ledger/edge.ts';
import { schedules, startPublicationEnv } from '../../../lambdas/presale/contract.ts';
import { AlarmBook } from '../../constructs/alarm-book.ts';
import { CapabilityBook } from '../../constructs/capability-book.ts';
import type { Database } from '../../constructs/database.ts';
import { FailureBook } from '../../constructs/failure-book.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { logGroup } from '../../constructs/log-group.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { ownMetric } from '../../constructs/own-metric.ts';
import { ScheduledFlow } from '../../constructs/scheduled-flow.ts';
import { acknowledge, acknowledgeWildcards } from '../../permissions/acknowledge.ts';
import { allowRuns } from '../../permissions/executions.ts';
import { watchConservation } from '../runs/conservation.ts';
import { watchExecutions } from '../runs/watch-executions.ts';
import { DealFiles } from './deal-files.ts';
import { PresaleCorrections } from './presale-corrections.ts';
import { PresaleFlow } from './presale-flow.ts';
import { PresaleSteps } from './presale-steps.ts';

export interface PresaleProps {
  readonly database: Database;
  readonly raw: Bucket;
  readonly mails: Queue;
  /** Where the schedule's door tells of its starts. */
  readonly slots: Queue;
  /** Wakes the mailer. */
  readonly wakes: Queue;
}

/** Taiwan pre-sale house prices: schedule -> function -> state machine -> bucket, database and report. */
export class Presale extends Construct {
  readonly stateMachine: StateMachine;
  readonly steps: PresaleSteps;
  readonly files: DealFiles;

  constructor(scope: Construct, id: string, { database, raw, mails, slots, wakes }: PresaleProps) {
    super(scope, id);
    const { parallelCounties, scheduled } = environmentOf(this).workloads.presale;
    this.files = new DealFiles(this, 'Files', { database, raw });
    const { files } = this;
    this.steps = new PresaleSteps(this, 'Steps', { database, raw, wakes, files });
    CapabilityBook.of(this).offer(this.steps.refreshStatistics);
    const flow = new PresaleFlow(this, 'Flow', { steps: this.steps, mails, parallelCounties });
    this.stateMachine = this.#makeStateMachine(flow);
    const stopped = this.steps.closeRun.function;
    FailureBook.of(this).machines.push({ edge: 'presale/run', machine: this.stateMachine, stopped });
    this.#watch();
    watchConservation(this, 'presale');
    new PresaleCorrections(this, 'Corrections', { database, raw, wakes, files });
    new ScheduledFlow(this, 'Schedule', {
      task: schedules['start-publication'],
      start: this.#makeDoor(slots),
      enabled: scheduled,
    });
  }

  #makeStateMachine(flow: PresaleFlow): StateMachine {
    const machine = new StateMachine(this, 'StateMachine', {
      stateMachineName: edgeResourceName({ environment: environmentOf(this).name, edge: 'presale/run' }),
      stateMachineType: StateMachineType.STANDARD,
      queryLanguage: QueryLanguage.JSONATA,
      comment: 'presale',
      definitionBody: DefinitionBody.fromChainable(flow.start),
      // 24 attempts an hour apart, each of which may take a while.
      timeout: Duration.days(3),
      tracingEnabled: true,
      logs: { destination: logGroup(this, 'Logs'), level: LogLevel.ALL, includeExecutionData: true },
    });
    acknowledge(machine, 'Log delivery and X-Ray know no resources.', 'AwsSolutions-IAM5[Resource::*]');
    const versions = this.steps.handlers.map((handler) => `${handler.function.functionArn}:*`);
    acknowledgeWildcards(machine, 'Versions of the functions it calls.', versions);
    return machine;
  }

  /** The schedule's door: it names the run by its publication date. */
  #makeDoor(slots: Queue): HandlerFunction {
    const door = new HandlerFunction(this, 'StartPublication', {
      handler: 'presale/start-publication',
      contract: startPublicationEnv,
      env: { PRESALE_STATE_MACHINE: this.stateMachine.stateMachineArn, SLOTS_QUEUE_URL: slots.queueUrl },
      impact: schedules['start-publication'].impact,
      severity: 'high',
      concurrency: 1,
      asynchronous: true,
    });
    allowRuns(door, this.stateMachine);
    door.allow(['sqs:SendMessage'], [slots.queueArn]);
    return door;
  }

  #watch(): void {
    AlarmBook.of(this).places.push(
      { edge: 'presale/counties', severity: 'low', section: 'presale-fetch-county-fails' },
      { edge: 'presale/problem-rows', severity: 'low', section: 'platform-failures-recorded' },
      { edge: 'presale/corrected-files', severity: 'medium', section: 'presale-load-corrections-fails' },
    );
    AlarmBook.of(this).add(this, {
      name: 'presale-files-drift',
      metric: ownMetric(this, { name: 'PresaleDrift', workload: 'presale' }),
      impact: 'A publication is loaded, but it looks unlike those before: something may be missing or misread.',
      severity: 'low',
    });
    watchExecutions(this, this.stateMachine, {
      name: 'presale-run-fails',
      impact: 'A publication or backfill ended without being loaded and verified.',
      severity: 'high',
    });
  }
}
