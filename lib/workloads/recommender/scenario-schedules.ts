import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  LogLevel,
  Map as MapState,
  Pass,
  ProvideItems,
  QueryLanguage,
  StateMachine,
  StateMachineType,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { edgeResourceName } from '../../../lambdas/kit/ledger/edge.ts';
import {
  recommenderSchedules,
  runScenarioEnv,
  sparkFolder,
  startScheduleEnv,
  trainScenarioEnv,
} from '../../../lambdas/recommender/contract.ts';
import { FailureBook } from '../../constructs/failure-book.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { logGroup } from '../../constructs/log-group.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { ScheduledFlow } from '../../constructs/scheduled-flow.ts';
import { causeInFewWords, step } from '../../constructs/step.ts';
import { acknowledge, acknowledgeWildcards } from '../../permissions/acknowledge.ts';
import { allowObjects, allowRemovalForGood } from '../../permissions/bucket-access.ts';
import { allowRuns } from '../../permissions/executions.ts';
import { watchExecutions } from '../runs/watch-executions.ts';
import type { DataPlatform } from '../workload.ts';
import { SparkTraining } from './spark-training.ts';

const impact = 'What is recommended stays as it was: similar items, profiles, hot items, lists.';

export interface ScenarioSchedulesProps extends DataPlatform {
  /** Of files that are to be written: segments of users. */
  readonly files: Queue;
}

/**
 * Every schedule that computes per scenario: schedule -> function, which reads markers and lets the database sleep where nothing
 * is new -> state machine -> one step for each scenario. A failing step doesn't hold up the others.
 */
export class ScenarioSchedules extends Construct {
  /** Runs a schedule's work in scenarios; a training can also be asked for by hand. */
  readonly machine: StateMachine;
  readonly #training: SparkTraining;

  constructor(scope: Construct, id: string, platform: ScenarioSchedulesProps) {
    super(scope, id);
    const { raw } = platform;
    this.#training = new SparkTraining(this, 'Spark', { raw, trainer: this.#makeTrainer(platform) });
    this.machine = this.#makeMachine(this.#makeWorker(platform));
    this.#training.allowRuns(this.machine);
    this.#makeDoor(platform, this.machine);
  }

  #makeTrainer({ database, raw }: DataPlatform): HandlerFunction {
    const trainer = new HandlerFunction(this, 'TrainScenario', {
      handler: 'recommender/train-scenario',
      contract: trainScenarioEnv,
      env: {
        DATABASE_URL: database.url,
        RAW_BUCKET: raw.bucketName,
        SPARK_ABOVE: String(environmentOf(this).workloads.recommender.sparkAbove),
      },
      impact: 'Recommendations are made by older models.',
      // Lambda's longest: ten thousand items take 40 s a solve, and parameters are chosen among several.
      timeout: Duration.minutes(15),
      // Five triangles of 200 MB on each of two cuts, and matrices of 400 MB, for ten thousand items.
      memory: 6144,
      concurrency: 2,
      database,
    });
    allowObjects(trainer, raw, {
      read: ['recommender/models', sparkFolder],
      write: ['recommender/models', 'recommender/seen-markers', sparkFolder],
    });
    allowRemovalForGood(trainer, raw, [sparkFolder]);
    return trainer;
  }

  #makeWorker({ database, raw, files }: ScenarioSchedulesProps): HandlerFunction {
    const { filesDelaySeconds } = environmentOf(this).workloads.recommender;
    const worker = new HandlerFunction(this, 'RunScenario', {
      handler: 'recommender/run-scenario',
      contract: runScenarioEnv,
      env: {
        DATABASE_URL: database.url,
        RAW_BUCKET: raw.bucketName,
        FILES_QUEUE_URL: files.queueUrl,
        FILES_DELAY_MS: String(filesDelaySeconds * 1000),
      },
      impact,
      // A million behaviours take seconds; lists of a hundred thousand users take minutes.
      timeout: Duration.minutes(15),
      // A whole processor, which Lambda gives with this much memory.
      memory: 1769,
      concurrency: 2,
      database,
    });
    allowObjects(worker, raw, { read: ['recommender/models'], write: ['recommender/seen-markers'] });
    worker.allow(['sqs:SendMessage'], [files.queueArn]);
    return worker;
  }

  #makeDoor({ raw, slots }: DataPlatform, machine: StateMachine): void {
    const door = new HandlerFunction(this, 'StartSchedule', {
      handler: 'recommender/start-schedule',
      contract: startScheduleEnv,
      env: {
        RAW_BUCKET: raw.bucketName,
        SCHEDULES_STATE_MACHINE: machine.stateMachineArn,
        SLOTS_QUEUE_URL: slots.queueUrl,
      },
      impact,
      concurrency: 2,
      asynchronous: true,
    });
    allowObjects(door, raw, {
      read: ['recommender/markers', 'recommender/seen-markers'],
      write: ['platform/skipped-slots'],
    });
    allowRuns(door, machine);
    door.allow(['sqs:SendMessage'], [slots.queueArn]);
    for (const [name, task] of Object.entries(recommenderSchedules))
      new ScheduledFlow(this, name, { name: `recommender/${name}`, task, start: door, enabled: true });
  }

  #makeMachine(worker: HandlerFunction): StateMachine {
    const { trainer } = this.#training;
    const machine = new StateMachine(this, 'StateMachine', {
      stateMachineName: edgeResourceName({ environment: environmentOf(this).name, edge: 'recommender/scheduled' }),
      stateMachineType: StateMachineType.STANDARD,
      queryLanguage: QueryLanguage.JSONATA,
      comment: 'recommender',
      definitionBody: DefinitionBody.fromChainable(this.#eachScenario(worker)),
      timeout: Duration.hours(12),
      tracingEnabled: true,
      logs: { destination: logGroup(this, 'Logs'), level: LogLevel.ALL, includeExecutionData: true },
    });
    acknowledge(machine, 'Log delivery and X-Ray know no resources.', 'AwsSolutions-IAM5[Resource::*]');
    acknowledgeWildcards(machine, 'Versions of the functions it calls.', [
      `${worker.function.functionArn}:*`,
      `${trainer.function.functionArn}:*`,
    ]);
    FailureBook.of(this).machines.push({ edge: 'recommender/scheduled', machine, stopped: 'nobody' });
    watchExecutions(this, machine, { name: 'recommender-schedule-fails', impact, severity: 'medium' });
    return machine;
  }

  /** One scenario: training has a function of its own, all else is computed by one. */
  #oneScenario(worker: HandlerFunction): Choice {
    const notThisOne = Pass.jsonata(this, 'NotThisOne', { stateName: 'Not this one' });
    // The others go on; the end of the run tells of it.
    const failed = { errors: ['States.ALL'], outputs: { state: 'failed', cause: `{% ${causeInFewWords} %}` } };
    const compute = step(this, 'Compute', {
      name: 'Compute',
      handler: worker,
      patient: true,
      waitsForPlace: true,
      input: '{% $states.input %}',
      outputs: '{% { "state": "done", "counts": $states.result.Payload.counts } %}',
    }).addCatch(notThisOne, failed);
    return Choice.jsonata(this, 'Kind', { stateName: 'A training?' })
      .when(
        Condition.jsonata('{% $states.input.schedule = "train-model" %}'),
        this.#training.states((state) => state.addCatch(notThisOne, failed)),
      )
      .otherwise(compute);
  }

  #eachScenario(worker: HandlerFunction): MapState {
    const failed = Fail.jsonata(this, 'Failed', {
      stateName: 'Some failed',
      error: 'ScenariosFailed',
      cause: '{% $string($states.input.failed) & " scenarios failed, the first by: " & $states.input.cause %}',
    });
    const question = Choice.jsonata(this, 'Question', { stateName: 'All done?' })
      .when(Condition.jsonata('{% $states.input.failed > 0 %}'), failed)
      .otherwise(new Succeed(this, 'Done', { stateName: 'All done' }));
    const each = MapState.jsonata(this, 'Scenarios', {
      stateName: 'Each scenario',
      items: ProvideItems.jsonata('{% $states.input.scenarios %}'),
      itemSelector: {
        schedule: '{% $states.input.schedule %}',
        scheduled_time: '{% $states.input.scheduled_time %}',
        tenant: '{% $states.context.Map.Item.Value.tenant %}',
        scenario: '{% $states.context.Map.Item.Value.scenario %}',
        marker: '{% $states.context.Map.Item.Value.marker %}',
        // A scenario of a schedule names none.
        kind: '{% $exists($states.context.Map.Item.Value.kind) ? $states.context.Map.Item.Value.kind : null %}',
      },
      maxConcurrency: 2,
      outputs:
        '{% { "failed": $count($states.result[state = "failed"]), "done": $count($states.result[state = "done"]), "cause": $string($states.result[state = "failed"][0].cause) } %}',
    }).itemProcessor(this.#oneScenario(worker));
    each.next(question);
    return each;
  }
}
