import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { CfnApplication } from 'aws-cdk-lib/aws-emrserverless';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CustomState, type IChainable, Pass, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { collectSparkEnv, filesPrefix, sparkPrefix } from '../../../lambdas/tasks/contract.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
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
const gigabytesPerProcessor = 4;
const diskPerProcessor = 20;

/** What outgrows a Lambda: turns of a task that ask for a Spark job in between. Costs nothing while no job runs. */
export class Spark extends Construct {
  readonly machine: StateMachine;
  readonly #application: CfnApplication;
  readonly #jobRole: Role;
  readonly #script: Asset;

  constructor(scope: Construct, id: string, props: SparkProps) {
    super(scope, id);
    this.#application = this.#makeApplication();
    this.#script = new Asset(this, 'WordCount', { path: 'lambdas/tasks/spark/word_count.py' });
    this.#jobRole = this.#makeJobRole(props.files);
    const collect = this.#makeCollector(props);
    this.machine = new TurnsFlow(this, 'Flow', {
      edge: 'tasks/spark-jobs',
      alarm: 'tasks-spark-fails',
      impact: 'A task on Spark stands still; the sweep ends it as failed.',
      // Whoever terminates a task stops its execution: that is how a job is cancelled.
      stopped: 'on-purpose',
      runTurn: props.runTurn,
      capabilities: {},
      jobs: { 'tasks/word-count': (turn) => this.#wordCount(turn, collect, props.files) },
      leaseSeconds: props.leaseSeconds,
    }).machine;
    acknowledgeWildcards(this.machine, 'Versions of the function it calls.', [`${collect.function.functionArn}:*`]);
    this.#allowJobs();
  }

  #makeApplication(): CfnApplication {
    const { maxVcpu } = environmentOf(this).workloads.tasks.spark;
    return new CfnApplication(this, 'Application', {
      name: `millrace-${environmentOf(this).name}-tasks`,
      type: 'SPARK',
      releaseLabel: 'emr-7.9.0',
      architecture: 'ARM64',
      // Nothing is kept ready: no initial capacity, and five minutes after the last job nothing runs.
      autoStartConfiguration: { enabled: true },
      autoStopConfiguration: { enabled: true, idleTimeoutMinutes: 5 },
      maximumCapacity: {
        cpu: `${maxVcpu} vCPU`,
        memory: `${maxVcpu * gigabytesPerProcessor} GB`,
        disk: `${maxVcpu * diskPerProcessor} GB`,
      },
    });
  }

  /** What a job may do: read the script and callers' files, and write its own folder. */
  #makeJobRole(files: Bucket): Role {
    const role = new Role(this, 'JobRole', {
      assumedBy: new ServicePrincipal('emr-serverless.amazonaws.com').withConditions({
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': this.#application.attrArn },
      }),
    });
    const below = (prefix: string) => files.arnForObjects(`${prefix}/*`);
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [below(filesPrefix)] }));
    role.addToPolicy(
      new PolicyStatement({
        // Spark writes into a folder of its own and moves what is whole.
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
        resources: [below(sparkPrefix)],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [files.bucketArn],
        conditions: { StringLike: { 's3:prefix': [`${filesPrefix}/*`, sparkPrefix, `${sparkPrefix}/*`] } },
      }),
    );
    const script = this.#script.bucket.arnForObjects(this.#script.s3ObjectKey);
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [script] }));
    acknowledgeWildcards(role, 'Objects are named by their file or run; the grant ends at a prefix.', [
      below(filesPrefix),
      below(sparkPrefix),
    ]);
    return role;
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
    const at = (prefix: string, name: string) => `{% 's3://${files.bucketName}/${prefix}/' & ${name} %}`;
    const job = new CustomState(this, 'Count on Spark', {
      stateJson: {
        Type: 'Task',
        Resource: 'arn:aws:states:::emr-serverless:startJobRun.sync',
        Arguments: {
          ApplicationId: this.#application.attrApplicationId,
          ExecutionRoleArn: this.#jobRole.roleArn,
          Name: 'tasks/word-count',
          ExecutionTimeoutMinutes: jobMinutes,
          JobDriver: {
            SparkSubmit: {
              EntryPoint: this.#script.s3ObjectUrl,
              EntryPointArguments: [at(filesPrefix, '$states.input.input.file_id'), at(sparkPrefix, '$run')],
            },
          },
        },
      },
    });
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

  /** Source: Step Functions Developer Guide, "IAM policies for Amazon EMR Serverless": run a job and wait for it. */
  #allowJobs(): void {
    const stack = Stack.of(this);
    const runs = `${this.#application.attrArn}/jobruns/*`;
    const statements = [
      { actions: ['emr-serverless:StartJobRun'], resources: [this.#application.attrArn] },
      { actions: ['emr-serverless:GetJobRun', 'emr-serverless:CancelJobRun'], resources: [runs] },
      {
        actions: ['iam:PassRole'],
        resources: [this.#jobRole.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'emr-serverless.amazonaws.com' } },
      },
      {
        // The rule by which Step Functions hears of a job's end; it makes it itself.
        actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        resources: [
          stack.formatArn({
            service: 'events',
            resource: 'rule',
            resourceName: 'StepFunctionsGetEventsForEMRServerlessJobRule',
            arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
          }),
        ],
      },
    ];
    for (const statement of statements) this.machine.addToRolePolicy(new PolicyStatement(statement));
    acknowledgeWildcards(this.machine, 'Runs get their id when they begin; they are those of this one application.', [
      runs,
    ]);
  }
}
