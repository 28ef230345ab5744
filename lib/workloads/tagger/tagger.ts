import { Duration } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { readingLimits } from '../../../lambdas/pages/contract.ts';
import {
  fetchPagesEnv,
  keptRulesKey,
  rulesKey,
  type TaggerService,
  tagMessagesEnv,
  tagPagesEnv,
} from '../../../lambdas/tagger/contract.ts';
import { AlarmBook } from '../../constructs/alarm-book.ts';
import type { Database } from '../../constructs/database.ts';
import type { HandlerFunction } from '../../constructs/handler-function.ts';
import type { KafkaCluster } from '../../constructs/kafka/cluster.ts';
import { StreamHandler } from '../../constructs/kafka/stream-handler.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { ownMetric } from '../../constructs/own-metric.ts';
import { QueueHandler } from '../../constructs/queue-handler.ts';
import { allowObject, allowObjects } from '../../permissions/bucket-access.ts';
import { CountCheck } from './count-check.ts';
import { pageVariables, rulesVariable, servicesVariable } from './settings.ts';

export interface TaggerProps {
  readonly cluster: KafkaCluster;
  readonly database: Database;
  readonly raw: Bucket;
  /** Where failures are told. */
  readonly failures: Queue;
}

const impact = 'Messages wait in their topic and reach nobody tagged.';
const pagesImpact = 'Messages with a page wait and reach nobody; those without go on.';
// What failed and is larger than a queue's message.
const failedInputs = 'platform/failures';
// Tagging is work for a processor: this many megabytes bring a whole one.
const oneProcessor = 1769;

/** Topic -> tags -> topic; messages that need a page go by two queues, one outside of the VPC and one inside. */
export class Tagger extends Construct {
  readonly tagMessages: StreamHandler<typeof tagMessagesEnv>;
  readonly fetchPages: QueueHandler<typeof fetchPagesEnv>;
  readonly tagPages: QueueHandler<typeof tagPagesEnv>;
  readonly services: readonly TaggerService[];

  constructor(scope: Construct, id: string, props: TaggerProps) {
    super(scope, id);
    this.services = environmentOf(this).workloads.tagger.services;
    this.tagPages = this.#makeTagPages(props);
    this.fetchPages = this.#makeFetchPages(props);
    this.tagMessages = this.#makeTagMessages(props);
    new CountCheck(this, 'CountCheck', props.database);
    this.#watch();
  }

  #makeTagMessages(props: TaggerProps): StreamHandler<typeof tagMessagesEnv> {
    const { cluster, database, raw } = props;
    const { pollers, partitions } = environmentOf(this).workloads.tagger;
    const [first, ...others] = this.services.map((service) => service.in);
    if (first === undefined) throw new Error('A tagger has a service');
    const { queue } = this.fetchPages;
    const stream = new StreamHandler(this, 'TagMessages', {
      handler: 'tagger/tag-messages',
      contract: tagMessagesEnv,
      env: { ...this.#publishing(props), PAGES_QUEUE_URL: queue.queueUrl },
      impact,
      severity: 'high',
      source: cluster,
      topics: [first, ...others],
      failures: raw,
      pollers: { ...pollers, group: 'millrace' },
      batchSize: 1000,
      batchingWindow: Duration.seconds(1),
      timeout: Duration.minutes(1),
      memory: oneProcessor,
      concurrency: partitions,
      database,
    });
    stream.handler.allow(['sqs:SendMessage'], [queue.queueArn]);
    this.#allowPublishing(stream.handler, props);
    allowObjects(stream.handler, raw, { write: ['tagger/messages', 'tagger/kept-rules', failedInputs] });
    return stream;
  }

  /** Outside of the VPC, where the internet is. One host's pages are one batch at a time: SQS sees to it. */
  #makeFetchPages({ raw }: TaggerProps): QueueHandler<typeof fetchPagesEnv> {
    const { workers, timeoutMs } = environmentOf(this).workloads.tagger.pages;
    const batchSize = 4;
    const fetch = new QueueHandler(this, 'FetchPages', {
      handler: 'tagger/fetch-pages',
      contract: fetchPagesEnv,
      env: { ...pageVariables(this), RAW_BUCKET: raw.bucketName, TAG_PAGES_QUEUE_URL: this.tagPages.queue.queueUrl },
      impact: pagesImpact,
      fifo: true,
      batchSize,
      maxConcurrency: workers,
      // All of a batch may be slow, of one host, and one after the other; then each is read as long as one may be.
      timeout: Duration.seconds(Math.ceil((batchSize * (timeoutMs + readingLimits.clockMs)) / 1000) + 30),
      memory: 1024,
    });
    allowObjects(fetch.handler, raw, { read: ['tagger/pages'], write: ['tagger/pages'] });
    fetch.handler.allow(['sqs:SendMessage'], [this.tagPages.queue.queueArn]);
    return fetch;
  }

  #makeTagPages(props: TaggerProps): QueueHandler<typeof tagPagesEnv> {
    const tag = new QueueHandler(this, 'TagPages', {
      handler: 'tagger/tag-pages',
      contract: tagPagesEnv,
      env: this.#publishing(props),
      impact: pagesImpact,
      timeout: Duration.minutes(1),
      memory: oneProcessor,
      database: props.database,
    });
    this.#allowPublishing(tag.handler, props);
    allowObjects(tag.handler, props.raw, { read: ['tagger/pages', 'tagger/messages'], write: [failedInputs] });
    return tag;
  }

  #publishing({ cluster, database, raw, failures }: TaggerProps) {
    return {
      ...cluster.env,
      ...servicesVariable(this),
      ...rulesVariable,
      DATABASE_URL: database.url,
      RAW_BUCKET: raw.bucketName,
      FAILURES_QUEUE_URL: failures.queueUrl,
    };
  }

  #allowPublishing(handler: HandlerFunction, { cluster, raw, failures }: TaggerProps): void {
    cluster.grantProduce(
      handler,
      this.services.map(({ out }) => out),
    );
    handler.allow(['sqs:SendMessage'], [failures.queueArn]);
    allowObject(handler, raw, rulesKey);
    allowObject(handler, raw, keptRulesKey);
  }

  #watch(): void {
    AlarmBook.of(this).add(this, {
      name: 'tagger-rules-refused',
      metric: ownMetric(this, { name: 'RulesRefused', workload: 'tagger' }),
      impact: 'Rules that somebody has put into the bucket do not count; those before them do.',
      severity: 'medium',
    });
    // Told within a minute, as people who watch a service's pages want it: never more than a mail a minute.
    AlarmBook.of(this).places.push({
      edge: 'tagger/fetch-page',
      severity: 'medium',
      section: 'tagger-fetch-pages-fails',
    });
  }
}
