import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { type IChainable, Pass, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { collectSparkEnv, filesPrefix, sparkPrefix } from '../../../lambdas/tasks/contract.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { SparkJob } from '../../constructs/spark/spark-job.ts';
import { catchAll, causeInWords, step } from '../../constructs/step.ts';
import { acknowledgeWildcards } from '../../permissions/acknowledge.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';
import { TurnsFlow } from './turns-flow.ts';

export interface SparkProps {
  readonly database: Database;
  /** The bucket of callers' files. */
  readonly files: Bucket;
  /** Runs the functions themselves. */
  readonly runTurn: HandlerFunction;
  readonly leaseSeconds: number;
}

// Ten minutes before the task's own limit of six hours, so that the job is told of as late, not the task as lost.
const jobMinutes = 350;

/** What outgrows a Lambda: turns of a task that ask for a Spark job in between. Costs nothing while no job runs. */
export class Spark extends Construct {
  readonly machine: StateMachine;
  readonly #job: SparkJob;

  constructor(scope: Construct, id: string, props: SparkProps) {
    super(scope, id);
    this.#job = new SparkJob(this, 'Application', {
      name: 'tasks/word-count',
      script: 'lambdas/tasks/spark/word_count.py',
      bucket: props.files,
      reads: [filesPrefix],
      folder: sparkPrefix,
      maxVcpu: environmentOf(this).workloads.tasks.spark.maxVcpu,
      minutes: jobMinutes,
    });
    const collect = this.#makeCollector(props);
    this.machine = new TurnsFlow(this, 'Flow', {
      edge: 'tasks/spark-jobs',
      alarm: 'tasks-spark-fails',
      impact: 'A task on Spark stands still; the sweep ends it as failed.',
      // Terminating a task stops its execution: that is how a job is cancelled.
      stopped: 'on-purpose',
      runTurn: props.runTurn,
      capabilities: {},
      jobs: { 'tasks/word-count': (turn) => this.#wordCount(turn, collect, props.files) },
      leaseSeconds: props.leaseSeconds,
    }).machine;
    acknowledgeWildcards(this.machine, 'Versions of the function it calls.', [`${collect.function.functionArn}:*`]);
    this.#job.allowRuns(this.machine);
  }

  #makeCollector({ database, files }: SparkProps): HandlerFunction {
    const collect = new HandlerFunction(this, 'Collect', {
      handler: 'tasks/collect-spark-result',
      contract: collectSparkEnv,
      env: { DATABASE_URL: database.url, FILES_BUCKET: files.bucketName },
      impact: 'Spark jobs run, and their tasks fail all the same.',
      memory: 1024,
      concurrency: 1,
      database,
    });
    allowObjects(collect, files, { read: [sparkPrefix], write: [filesPrefix] });
    return collect;
  }

  /** Job, then result, then the turn that has asked; variable: $run, which names the run's folder. */
  #wordCount(turn: IChainable, collect: HandlerFunction, files: Bucket): IChainable {
    const refused = { given: { answer: { error: `{% ${causeInWords} %}` } } };
    const at = (prefix: string, name: string) => `'s3://${files.bucketName}/${prefix}/' & ${name}`;
    const job = this.#job.state('Count on Spark', [
      at(filesPrefix, '$states.input.input.file_id'),
      at(sparkPrefix, '$run'),
    ]);
    job.addCatch(turn, { errors: ['States.ALL'], assign: refused });
    const result = step(this, 'CollectResult', {
      name: 'Collect the result',
      handler: collect,
      input: { task_id: '{% $states.context.Execution.Input.task_id %}', run: '{% $run %}' },
      assign: { given: { answer: { ok: '{% $states.result.Payload %}' } } },
    });
    catchAll(result, turn, refused);
    const begin = Pass.jsonata(this, 'NewRun', { stateName: 'A new run', assign: { run: '{% $uuid() %}' } });
    return begin.next(job).next(result).next(turn);
  }
}
