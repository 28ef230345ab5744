/** What this machine runs of the template, with every reference resolved. */
export interface StackModel {
  /** The folder of the templates and of what would be uploaded with them. */
  readonly assembly: string;
  readonly functions: readonly FunctionModel[];
  readonly queues: readonly QueueModel[];
  readonly buckets: readonly BucketModel[];
  readonly stateMachines: readonly StateMachineModel[];
  readonly schedules: readonly ScheduleModel[];
  readonly httpApi: HttpApiModel | undefined;
  readonly queueSources: readonly QueueSourceModel[];
  readonly topics: readonly TopicModel[];
  readonly streamSources: readonly StreamSourceModel[];
  readonly objectNotifications: readonly ObjectNotificationModel[];
  readonly rules: readonly RuleModel[];
  readonly secrets: readonly SecretModel[];
  /** Functions that run once when the stack comes up, in order (CDK Triggers: the migration). */
  readonly triggers: readonly string[];
  /** Addresses and domains that may send mail. */
  readonly mailIdentities: readonly string[];
  /** What can be asked about with SQL, and by whom. */
  readonly tables: readonly TableModel[];
  readonly workGroups: readonly WorkGroupModel[];
  /** Types of the templates that have no counterpart here, and why. */
  readonly absent: ReadonlyMap<string, string>;
}

/** A table of Glue's catalogue: files of one kind below one place, with the columns they hold. */
export interface TableModel {
  readonly name: string;
  readonly database: string;
  readonly location: string;
  readonly columns: readonly ColumnModel[];
  readonly partitionKeys: readonly ColumnModel[];
  /** How partitions are found (`projection.tenant.type`: `injected`). */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ColumnModel {
  readonly name: string;
  readonly type: string;
}

/** A work group of Athena's. */
export interface WorkGroupModel {
  readonly name: string;
  /** What one question may read. */
  readonly mostBytes: number;
}

export interface FunctionModel {
  readonly name: string;
  readonly arn: string;
  /** What people call it: its description where that is a path (`orders/check`), else its name. */
  readonly handler: string;
  readonly codeDirectory: string;
  /** Code that stands in the template itself; it is put into a folder before it runs. */
  readonly inlineCode?: string;
  readonly entry: FunctionEntry;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** Concurrent invocations at most (ReservedConcurrentExecutions). */
  readonly concurrency: number;
  /** For asynchronous invocations. */
  readonly retries: number;
  readonly onFailure: string | undefined;
  /** What those hear who find no place, where it answers HTTP. */
  readonly noRoom?: NoRoom | undefined;
}

/** Which export of which file of its folder. */
export interface FunctionEntry {
  /** Without its extension. */
  readonly file: string;
  readonly exported: string;
}

/** An answer that stands in the template. */
export interface NoRoom {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface QueueModel {
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  readonly maximumMessageBytes: number;
  readonly fifo: boolean;
  readonly deadLetter: { readonly queue: string; readonly maxReceiveCount: number } | undefined;
}

export interface BucketModel {
  readonly name: string;
  readonly versioned: boolean;
  readonly cors: readonly BucketCorsRule[];
  /** Object events go to the event bus. */
  readonly notifiesEventBus: boolean;
}

/** Whom a bucket itself tells of its new objects. */
export interface ObjectNotificationModel {
  readonly bucket: string;
  /** A function's or a queue's ARN. */
  readonly target: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** Which pages of other sites may use a bucket, and how. */
export interface BucketCorsRule {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeSeconds: number | undefined;
}

export interface StateMachineModel {
  readonly name: string;
  readonly arn: string;
  readonly definition: string;
}

export interface ScheduleModel {
  /** `Orders-every-night`: the logical name a person types. */
  readonly name: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly enabled: boolean;
  readonly target: string;
  readonly input: string | undefined;
  readonly retries: number;
  readonly deadLetter: string | undefined;
}

export interface HttpApiModel {
  readonly routes: readonly RouteModel[];
  readonly cors:
    | { readonly origins: readonly string[]; readonly methods: readonly string[]; readonly headers: readonly string[] }
    | undefined;
}

export interface RouteModel {
  /** `GET /apiv1/deals/{id}` */
  readonly key: string;
  readonly functionArn: string;
}

export interface QueueSourceModel {
  readonly queueArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly concurrency: number;
  readonly reportsItemFailures: boolean;
}

export interface TopicModel {
  readonly name: string;
  readonly partitions: number;
  /** Kafka's own settings, as text. */
  readonly configs: Readonly<Record<string, string>>;
}

export interface StreamSourceModel {
  /** Of the mapping; its consumer group's name, and a part of the keys of what failed. */
  readonly id: string;
  readonly eventSourceArn: string;
  readonly topic: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** Side by side at most, each with partitions of its own. */
  readonly pollers: number;
  readonly partialAnswers: boolean;
  readonly bisects: boolean;
  /** After the first try; infinite where the mapping sets no bound. */
  readonly retries: number;
  readonly maximumAgeSeconds: number | undefined;
  /** Name of the bucket that keeps what was given up. */
  readonly failuresBucket: string | undefined;
  readonly startsAt: 'earliest' | 'latest';
}

export interface RuleModel {
  readonly name: string;
  readonly pattern: unknown;
  readonly targets: readonly { readonly arn: string; readonly deadLetter: string | undefined }[];
}

export interface SecretModel {
  readonly name: string;
  readonly arn: string;
  /** What the template itself says; it wins over what was kept. */
  readonly value?: string | undefined;
  readonly generate:
    | {
        readonly template?: object;
        readonly key?: string;
        readonly length: number;
        readonly excludePunctuation?: boolean;
        readonly excludeCharacters?: string;
      }
    | undefined;
}
