import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { CfnApplication } from 'aws-cdk-lib/aws-emrserverless';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CustomState, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../../permissions/acknowledge.ts';
import { environmentOf } from '../millrace-stack.ts';

export interface SparkJobProps {
  /** `{workload}/{job}`: on one machine `lambdas/{workload}/spark/{job}.ts` runs in the script's place. */
  readonly name: `${string}/${string}`;
  /** The script in Python. */
  readonly script: string;
  readonly bucket: Bucket;
  /** Prefixes that it reads beside its own folder. */
  readonly reads: readonly string[];
  /** Below it a job reads and writes. */
  readonly folder: string;
  /** Of all its jobs together. */
  readonly maxVcpu: number;
  /** After so long a job is cancelled. */
  readonly minutes: number;
}

const gigabytesPerProcessor = 4;
const diskPerProcessor = 20;

/** A job on EMR Serverless, and what it may do. Costs nothing while none runs. */
export class SparkJob extends Construct {
  readonly #props: SparkJobProps;
  readonly #application: CfnApplication;
  readonly #role: Role;
  readonly #script: Asset;

  constructor(scope: Construct, id: string, props: SparkJobProps) {
    super(scope, id);
    this.#props = props;
    this.#application = this.#makeApplication();
    this.#script = new Asset(this, 'Script', { path: props.script });
    this.#role = this.#makeRole();
  }

  /** Runs the job and waits for its end. The arguments are JSONata; what comes out is what came in. */
  state(id: string, args: readonly string[]): CustomState {
    return new CustomState(this, id, {
      stateJson: {
        Type: 'Task',
        Output: '{% $states.input %}',
        Resource: 'arn:aws:states:::emr-serverless:startJobRun.sync',
        Arguments: {
          ApplicationId: this.#application.attrApplicationId,
          ExecutionRoleArn: this.#role.roleArn,
          Name: this.#props.name,
          ExecutionTimeoutMinutes: this.#props.minutes,
          JobDriver: {
            SparkSubmit: {
              EntryPoint: this.#script.s3ObjectUrl,
              EntryPointArguments: args.map((argument) => `{% ${argument} %}`),
            },
          },
        },
      },
    });
  }

  /** Source: Step Functions Developer Guide, "IAM policies for Amazon EMR Serverless": run a job and wait for it. */
  allowRuns(machine: StateMachine): void {
    const stack = Stack.of(this);
    const runs = `${this.#application.attrArn}/jobruns/*`;
    const statements = [
      { actions: ['emr-serverless:StartJobRun'], resources: [this.#application.attrArn] },
      { actions: ['emr-serverless:GetJobRun', 'emr-serverless:CancelJobRun'], resources: [runs] },
      {
        actions: ['iam:PassRole'],
        resources: [this.#role.roleArn],
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
    for (const statement of statements) machine.addToRolePolicy(new PolicyStatement(statement));
    acknowledgeWildcards(machine, 'Runs get their id when they begin; they are those of this one application.', [runs]);
  }

  #makeApplication(): CfnApplication {
    const { maxVcpu, name } = this.#props;
    return new CfnApplication(this, 'Resource', {
      name: `millrace-${environmentOf(this).name}-${name.split('/')[0]}`,
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

  /** What a job may do: read the script and what it is about, and write its own folder. */
  #makeRole(): Role {
    const { bucket, reads, folder } = this.#props;
    const role = new Role(this, 'JobRole', {
      assumedBy: new ServicePrincipal('emr-serverless.amazonaws.com').withConditions({
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': this.#application.attrArn },
      }),
    });
    const below = (prefix: string) => bucket.arnForObjects(`${prefix}/*`);
    if (reads.length > 0)
      role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: reads.map(below) }));
    role.addToPolicy(
      new PolicyStatement({
        // Spark writes into a folder of its own and moves what is whole.
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
        resources: [below(folder)],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': [...reads.map((prefix) => `${prefix}/*`), folder, `${folder}/*`] } },
      }),
    );
    const script = this.#script.bucket.arnForObjects(this.#script.s3ObjectKey);
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [script] }));
    const wildcards = [...reads, folder].map(below);
    acknowledgeWildcards(role, 'Objects are named by their file or run; the grant ends at a prefix.', wildcards);
    return role;
  }
}
