import { Duration } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import * as contract from '../../../lambdas/briefs/contract.ts';
import { AlarmBook } from '../../constructs/alarm-book.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import type { KafkaCluster } from '../../constructs/kafka/cluster.ts';
import { StreamHandler } from '../../constructs/kafka/stream-handler.ts';
import { environmentOf, removalPolicyOf } from '../../constructs/millrace-stack.ts';
import { ownMetric } from '../../constructs/own-metric.ts';
import { QueueHandler } from '../../constructs/queue-handler.ts';
import { ScheduledFlow } from '../../constructs/scheduled-flow.ts';
import { acknowledge } from '../../permissions/acknowledge.ts';
import { allowObjects, allowRemoval } from '../../permissions/bucket-access.ts';
import { QueueRing } from '../queue-ring.ts';
import { watchConservation } from '../runs/conservation.ts';
import type { PipelinesPlatform } from '../workload.ts';
import { AskExport } from './ask-export.ts';
import { LinksKey } from './links-key.ts';

export interface BriefsProps extends Omit<PipelinesPlatform, 'cluster'> {
  readonly cluster: KafkaCluster;
}

const impact = 'Briefs stand still; what they have found so far is kept.';
const places = {
  calls: { edge: 'briefs/call-platform', variable: 'CALLS_QUEUE_URL' },
  answers: { edge: 'briefs/read-answer', variable: 'ANSWERS_QUEUE_URL' },
  exports: { edge: 'briefs/export-stage', variable: 'EXPORTS_QUEUE_URL' },
  sweeps: { edge: 'briefs/sweep-briefs', variable: 'SWEEPS_QUEUE_URL', fifo: true },
} as const;

/** Collect -> Kafka -> store -> analyse. What asks the platforms stands outside of the VPC, all else inside. */
export class Briefs extends Construct {
  readonly queues: QueueRing<keyof typeof places>;
  /** Cookies and tokens of the platforms: put there by the operator. */
  readonly credentials: Secret;
  /** The key of signed addresses of files. */
  readonly links: Secret;
  readonly call: QueueHandler<typeof contract.callPlatformEnv>;
  readonly read: QueueHandler<typeof contract.readAnswerEnv>;
  readonly store: StreamHandler<typeof contract.storeArticlesEnv>;
  readonly exports: QueueHandler<typeof contract.exportStageEnv>;
  readonly sweep: QueueHandler<typeof contract.sweepBriefsEnv>;

  constructor(scope: Construct, id: string, props: BriefsProps) {
    super(scope, id);
    this.queues = new QueueRing(this, 'Queues', places);
    this.credentials = this.#makeCredentials();
    this.links = new LinksKey(this, 'Links').secret;
    this.call = this.#makeCall(props);
    this.read = this.#makeRead(props);
    this.store = this.#makeStore(props);
    this.exports = this.#makeExports(props);
    new AskExport(this, 'AskExport', { database: props.database, exports: this.exports.queue });
    this.sweep = this.#makeSweep(props);
    this.#makeProbes(props);
    AlarmBook.of(this).add(this, {
      name: 'briefs-platform-stopped',
      metric: ownMetric(this, { name: 'PlatformsStopped', workload: 'briefs' }),
      impact: 'A platform wants a login, is empty, or takes us for a robot: briefs end without its articles.',
      severity: 'medium',
    });
    watchConservation(this, 'briefs');
    this.queues.settle({ calls: this.call, answers: this.read, exports: this.exports, sweeps: this.sweep });
  }

  /** The platforms' settings, as handlers read them. */
  get variables() {
    const { platforms } = environmentOf(this).workloads.briefs;
    return { BRIEFS_PLATFORMS: JSON.stringify(platforms) };
  }

  get #settings() {
    return environmentOf(this).workloads.briefs;
  }

  #dispatching({ database }: BriefsProps) {
    return { ...this.dispatching, DATABASE_URL: database.url };
  }

  /** What every function needs that gives calls their turns, beside the database. */
  get dispatching() {
    return {
      ...this.variables,
      CALLS_QUEUE_URL: this.queues.urlOf('calls'),
      ANSWERS_QUEUE_URL: this.queues.urlOf('answers'),
      SWEEPS_QUEUE_URL: this.queues.urlOf('sweeps'),
      SWEEPS_QUEUE_ARN: this.queues.arnOf('sweeps'),
      EXPORTS_QUEUE_URL: this.queues.urlOf('exports'),
    };
  }

  #makeCredentials(): Secret {
    const secret = new Secret(this, 'Credentials', {
      description: 'Of the platforms: {"weibo": {"cookie": "..."}, "gateway": {"token": "..."}}',
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'unused', passwordLength: 16 },
      removalPolicy: removalPolicyOf(this),
    });
    acknowledge(secret, 'A platform’s cookie is renewed by the person who owns the account.', 'AwsSolutions-SMG4');
    return secret;
  }

  /** Outside of the VPC, where the internet is. */
  #makeCall({ raw }: BriefsProps): QueueHandler<typeof contract.callPlatformEnv> {
    const { workers, callTimeoutMs, callMaxBytes } = this.#settings;
    const call = new QueueHandler(this, 'CallPlatform', {
      handler: 'briefs/call-platform',
      contract: contract.callPlatformEnv,
      env: {
        ...this.variables,
        RAW_BUCKET: raw.bucketName,
        BRIEFS_SECRET: this.credentials.secretArn,
        ANSWERS_QUEUE_URL: this.queues.urlOf('answers'),
        CALL_TIMEOUT_MS: String(callTimeoutMs),
        CALL_MAX_BYTES: String(callMaxBytes),
      },
      impact,
      maxConcurrency: workers,
      // The calls of a batch are made side by side.
      timeout: Duration.seconds(Math.ceil(callTimeoutMs / 1000) + 15),
    });
    allowObjects(call.handler, raw, { write: ['briefs/raw'] });
    call.handler.allow(['secretsmanager:GetSecretValue'], [this.credentials.secretArn]);
    this.queues.allowSending(call.handler, 'answers');
    return call;
  }

  #makeRead(props: BriefsProps): QueueHandler<typeof contract.readAnswerEnv> {
    const { cluster, raw, wakes, database } = props;
    const read = new QueueHandler(this, 'ReadAnswer', {
      handler: 'briefs/read-answer',
      contract: contract.readAnswerEnv,
      env: {
        ...this.#dispatching(props),
        ...cluster.env,
        RAW_BUCKET: raw.bucketName,
        ALERTS_QUEUE_URL: wakes.queueUrl,
      },
      impact,
      // A batch costs little more than one answer, and each gives calls their turns: few with full hands, not many with one each.
      maxConcurrency: 2,
      timeout: Duration.minutes(1),
      memory: 1024,
      database,
    });
    allowObjects(read.handler, raw, { read: ['briefs/raw'] });
    // Answers that came after their brief was deleted.
    allowRemoval(read.handler, raw, 'briefs/raw');
    cluster.grantProduce(read.handler, contract.briefTopics);
    read.handler.allow(['sqs:SendMessage'], [wakes.queueArn]);
    this.queues.allowSending(read.handler, 'calls', 'answers', 'exports', 'sweeps');
    return read;
  }

  #makeStore(props: BriefsProps): StreamHandler<typeof contract.storeArticlesEnv> {
    const { cluster, raw, database, failures } = props;
    const { pollers, partitions } = this.#settings;
    const [first, ...others] = contract.briefTopics;
    if (first === undefined) throw new Error('There are platforms');
    const store = new StreamHandler(this, 'StoreArticles', {
      handler: 'briefs/store-articles',
      contract: contract.storeArticlesEnv,
      env: {
        ...this.#dispatching(props),
        FAILURES_QUEUE_URL: failures.queueUrl,
        RAW_BUCKET: raw.bucketName,
      },
      impact: 'Crawled articles wait in their topics, and their briefs with them.',
      source: cluster,
      topics: [first, ...others],
      failures: raw,
      pollers: { ...pollers, group: 'millrace' },
      batchSize: 500,
      // A brief waits for the last of its articles: what is there is stored at once.
      batchingWindow: Duration.seconds(0),
      timeout: Duration.minutes(1),
      memory: 1024,
      concurrency: partitions * contract.briefTopics.length,
      database,
    });
    store.handler.allow(['sqs:SendMessage'], [failures.queueArn]);
    allowObjects(store.handler, raw, { write: ['platform/failures'] });
    this.queues.allowSending(store.handler, 'calls', 'answers', 'exports', 'sweeps');
    return store;
  }

  /** Workbooks, clouds and the zip: a job for a whole processor. */
  #makeExports({ raw, mails, database }: BriefsProps): QueueHandler<typeof contract.exportStageEnv> {
    const { exporters, keepDays, stopWords } = this.#settings;
    const exports = new QueueHandler(this, 'ExportStage', {
      handler: 'briefs/export-stage',
      contract: contract.exportStageEnv,
      env: {
        DATABASE_URL: database.url,
        RAW_BUCKET: raw.bucketName,
        MAIL_QUEUE_URL: mails.queueUrl,
        LINKS_SECRET: this.links.secretArn,
        FILES_KEEP_DAYS: String(keepDays.files),
        STOP_WORDS: stopWords.join(' '),
        API_URL: environmentOf(this).api.url ?? '',
      },
      impact: 'The files of stages are not made, and their briefs do not end; what was found is kept.',
      maxConcurrency: exporters,
      batchSize: 1,
      // Five times 10,000 articles take less than a minute.
      timeout: Duration.minutes(5),
      // A whole processor, which Lambda gives with this much memory.
      memory: 1769,
      database,
    });
    allowObjects(exports.handler, raw, { write: ['briefs'] });
    exports.handler.allow(['secretsmanager:GetSecretValue'], [this.links.secretArn]);
    exports.handler.allow(['sqs:SendMessage'], [mails.queueArn]);
    AlarmBook.of(this).add(exports, {
      name: 'briefs-exports-wait-too-long',
      metric: exports.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' }),
      // A stage whose worker died comes again after half an hour: six times its time.
      threshold: Duration.hours(1).toSeconds(),
      impact: 'Briefs whose crawling is done wait for their files.',
      severity: 'medium',
    });
    return exports;
  }

  #makeSweep(props: BriefsProps): QueueHandler<typeof contract.sweepBriefsEnv> {
    const { raw, database, mails } = props;
    const { keepDays } = this.#settings;
    const sweep = new QueueHandler(this, 'Sweep', {
      handler: 'briefs/sweep-briefs',
      contract: contract.sweepBriefsEnv,
      env: {
        ...this.#dispatching(props),
        RAW_BUCKET: raw.bucketName,
        ARTICLES_KEEP_DAYS: String(keepDays.articles),
        FILES_KEEP_DAYS: String(keepDays.files),
        MAIL_QUEUE_URL: mails.queueUrl,
        LINKS_SECRET: this.links.secretArn,
        API_URL: environmentOf(this).api.url ?? '',
      },
      impact: 'Calls, articles and files that got lost stay lost, and their briefs stand still.',
      fifo: true,
      delay: Duration.seconds(30),
      timeout: Duration.minutes(1),
      batchSize: 1,
      database,
    });
    this.queues.allowSending(sweep.handler, 'calls', 'answers', 'exports', 'sweeps');
    sweep.handler.allow(['secretsmanager:GetSecretValue'], [this.links.secretArn]);
    sweep.handler.allow(['sqs:SendMessage'], [mails.queueArn]);
    sweep.handler.allow(['s3:ListBucket'], [raw.bucketArn]);
    allowRemoval(sweep.handler, raw, 'briefs');
    return sweep;
  }

  /** Each look wakes a database that pauses: once a day. */
  #makeProbes(props: BriefsProps): void {
    const start = new HandlerFunction(this, 'ProbePlatforms', {
      handler: 'briefs/probe-platforms',
      contract: contract.probePlatformsEnv,
      env: this.#dispatching(props),
      impact: contract.probePlatformsImpact,
      severity: 'low',
      timeout: Duration.minutes(1),
      memory: 256,
      concurrency: 1,
      asynchronous: true,
      database: props.database,
    });
    this.queues.allowSending(start, 'calls', 'answers', 'exports', 'sweeps');
    new ScheduledFlow(this, 'Probes', {
      task: { at: this.#settings.probes, timeZone: 'Asia/Shanghai', impact: contract.probePlatformsImpact },
      start,
      enabled: true,
    });
  }
}
