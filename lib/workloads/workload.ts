import type { Bucket, LifecycleRule } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Callers } from '../constructs/api/callers.ts';
import type { HttpApi } from '../constructs/api/http-api.ts';
import type { Database } from '../constructs/database.ts';
import type { KafkaCluster, TopicProps } from '../constructs/kafka/cluster.ts';
import type { MillraceStack } from '../constructs/millrace-stack.ts';
import { FaultBook, type WorkloadFaults } from '../constructs/step.ts';
import type { Analytics } from '../constructs/tables/analytics.ts';
import type { Environment } from '../environment.ts';

/** What every workload finds in the stack Data. */
export interface DataPlatform {
  readonly database: Database;
  readonly raw: Bucket;
  /** Where the accesses to buckets are written down. */
  readonly accessLogs: Bucket;
  /** Tables over objects of the raw bucket, asked with SQL. */
  readonly analytics: Analytics;
  /** Mails to send. */
  readonly mails: Queue;
  /** Wakes the mailer of alerts. */
  readonly wakes: Queue;
  /** Where scheduled handlers tell of the slots they have started. */
  readonly slots: Queue;
  /** Where functions tell what they failed on. */
  readonly failures: Queue;
}

/** What every workload finds where its work stands. */
export interface PipelinesPlatform extends DataPlatform {
  /** Where the environment has brokers. */
  readonly cluster: KafkaCluster | undefined;
}

/** What every workload finds in the stack Api. */
export interface ApiPlatform extends PipelinesPlatform {
  readonly api: HttpApi;
  readonly callers: Callers;
  /** Turns of backfills. */
  readonly backfills: Queue;
  /** Tells the console which bucket callers upload their files to. */
  readonly uploads: (bucket: Bucket) => void;
}

/**
 * A workload as it describes itself: what the stacks ask all workloads for. There is one hook for each stack that a
 * workload may have a part in, in the order of the stacks; each gets what the hooks before it returned. The stack Ledger
 * has none: what belongs there is read from the books (failures, schedules, alarms).
 */
export interface WorkloadDescription<Data, Pipelines> {
  /** Folder in lambdas and in lib/workloads, key of its settings, `service` of its metrics. */
  readonly name: keyof Environment['workloads'];
  /** @default where its settings say `enabled` */
  readonly present?: (environment: Environment) => boolean;
  /** Names of its own errors, by which its steps are tried again or not. @default those of the kit alone */
  readonly faults?: WorkloadFaults;
  /** How long its objects stay in the raw bucket, by prefix. @default as long as all others */
  readonly lifecycle?: (environment: Environment) => readonly LifecycleRule[];
  /** In the stack Streaming. */
  readonly topics?: (environment: Environment) => readonly TopicProps[];
  /** In the stack Data: what must outlive a deployment. */
  readonly data?: (stack: MillraceStack, platform: DataPlatform) => Data;
  /** In a stack of its own: the work itself. */
  readonly pipelines?: (stack: MillraceStack, platform: PipelinesPlatform, made: { readonly data: Data }) => Pipelines;
  /** In the stack Api: its routes. */
  readonly api?: (stack: MillraceStack, platform: ApiPlatform, made: Made<Data, Pipelines>) => void;
  /** In the stack Operations: its dashboard. */
  readonly operations?: (stack: MillraceStack, made: Made<Data, Pipelines>) => void;
}

/** What the hooks `data` and `pipelines` have returned. */
export interface Made<Data, Pipelines> {
  readonly data: Data;
  readonly pipelines: Pipelines;
}

/** A workload of one app, which remembers what its hooks have made. The stacks call them in their own order. */
export interface WorkloadInApp {
  readonly name: Workload['name'];
  readonly lifecycle: readonly LifecycleRule[];
  readonly topics: readonly TopicProps[];
  data(stack: MillraceStack, platform: DataPlatform): void;
  pipelines(stack: MillraceStack, platform: PipelinesPlatform): void;
  api(stack: MillraceStack, platform: ApiPlatform): void;
  operations(stack: MillraceStack): void;
}

/** A workload as the registry lists it. */
export interface Workload {
  readonly name: keyof Environment['workloads'];
  readonly present: (environment: Environment) => boolean;
  /** Begins it in an app of its own memory. */
  readonly begin: (environment: Environment) => WorkloadInApp;
}

/** Makes a workload of its description; only here is known what its hooks hand on to each other. */
export function workload<Data = undefined, Pipelines = undefined>(
  description: WorkloadDescription<Data, Pipelines>,
): Workload {
  const { name, present = ({ workloads }) => workloads[name].enabled } = description;
  return { name, present, begin: (environment) => new Begun(description, environment) };
}

class Begun<Data, Pipelines> implements WorkloadInApp {
  readonly name: Workload['name'];
  readonly lifecycle: readonly LifecycleRule[];
  readonly topics: readonly TopicProps[];
  readonly #description: WorkloadDescription<Data, Pipelines>;
  // Without a hook, what it would return is undefined, and that is what its type says then.
  #data = undefined as Data;
  #pipelines = undefined as Pipelines;

  constructor(description: WorkloadDescription<Data, Pipelines>, environment: Environment) {
    this.#description = description;
    this.name = description.name;
    this.lifecycle = description.lifecycle?.(environment) ?? [];
    this.topics = description.topics?.(environment) ?? [];
  }

  data(stack: MillraceStack, platform: DataPlatform): void {
    const { data } = this.#description;
    if (data) this.#data = data(stack, platform);
  }

  pipelines(stack: MillraceStack, platform: PipelinesPlatform): void {
    const { name, faults, pipelines } = this.#description;
    if (faults) FaultBook.of(stack).tell(name, faults);
    if (pipelines) this.#pipelines = pipelines(stack, platform, { data: this.#data });
  }

  api(stack: MillraceStack, platform: ApiPlatform): void {
    this.#description.api?.(stack, platform, { data: this.#data, pipelines: this.#pipelines });
  }

  operations(stack: MillraceStack): void {
    this.#description.operations?.(stack, { data: this.#data, pipelines: this.#pipelines });
  }
}
