import type { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  type CatchProps,
  Choice,
  Condition,
  type CustomState,
  type IChainable,
  Pass,
  type StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { sparkFolder, sparkParameters, type trainScenarioEnv } from '../../../lambdas/recommender/contract.ts';
import type { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { SparkJob } from '../../constructs/spark/spark-job.ts';
import { step } from '../../constructs/step.ts';

export interface SparkTrainingProps {
  readonly raw: Bucket;
  readonly trainer: HandlerFunction<typeof trainScenarioEnv>;
}

type Caught = (state: { addCatch(next: IChainable, props?: CatchProps): unknown }) => unknown;

// Of the twelve hours that a run of a schedule may take: other scenarios wait for their turn as well.
const jobMinutes = 180;

/** The training of one scenario: by a function; of what outgrows it the factors are solved by Spark, between two turns of it. */
export class SparkTraining extends Construct {
  readonly trainer: HandlerFunction<typeof trainScenarioEnv>;
  readonly #raw: Bucket;
  readonly #job: SparkJob;

  constructor(scope: Construct, id: string, { raw, trainer }: SparkTrainingProps) {
    super(scope, id);
    this.trainer = trainer;
    this.#raw = raw;
    this.#job = new SparkJob(this, 'Application', {
      name: 'recommender/train-als',
      script: 'lambdas/recommender/spark/train_als.py',
      bucket: raw,
      reads: [],
      folder: sparkFolder,
      maxVcpu: environmentOf(this).workloads.recommender.spark.maxVcpu,
      minutes: jobMinutes,
    });
  }

  allowRuns(machine: StateMachine): void {
    this.#job.allowRuns(machine);
  }

  /** Each state's failure is caught the same way. */
  states(caught: Caught): LambdaInvoke {
    const train = this.#turn('Train');
    const adopt = this.#turn('Adopt', 'Adopt the factors');
    const solve = this.#solve();
    for (const state of [train, solve, adopt]) caught(state);
    const done = Pass.jsonata(this, 'Trained', { stateName: 'Trained' });
    const question = Choice.jsonata(this, 'Outgrown', { stateName: 'Too much for a function?' })
      .when(Condition.jsonata('{% $states.input.job != null %}'), solve)
      .otherwise(done);
    train.next(question);
    solve.next(adopt);
    return train;
  }

  #turn(id: string, name = id): LambdaInvoke {
    return step(this, id, {
      name,
      handler: this.trainer,
      patient: true,
      waitsForPlace: true,
      input: '{% $states.input %}',
      outputs:
        '{% $states.result.Payload.job != null ? $merge([$states.input, { "job": $states.result.Payload.job }]) : { "state": "done", "counts": $states.result.Payload.counts, "job": null } %}',
    });
  }

  /** The scenario's task goes on as it came. */
  #solve(): CustomState {
    const at = (place: string) => `'s3://${this.#raw.bucketName}/${sparkFolder}/' & $states.input.job & '/${place}'`;
    return this.#job.state('Solve the factors on Spark', [
      at('interactions.parquet'),
      at('output'),
      `'${JSON.stringify(sparkParameters)}'`,
    ]);
  }
}
