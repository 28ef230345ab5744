import { Duration } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import * as contract from '../../../lambdas/recommender/contract.ts';
import type { KafkaCluster } from '../../constructs/kafka/cluster.ts';
import { StreamHandler } from '../../constructs/kafka/stream-handler.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { QueueHandler } from '../../constructs/queue-handler.ts';
import { allowObjects, allowRemovalForGood } from '../../permissions/bucket-access.ts';
import { QueueRing } from '../queue-ring.ts';
import { watchConservation } from '../runs/conservation.ts';
import type { PipelinesPlatform } from '../workload.ts';
import { allowBedrock } from './bedrock.ts';
import { ErasureKey } from './erasure-key.ts';

export interface RecommenderProps extends Omit<PipelinesPlatform, 'cluster'> {
  readonly cluster: KafkaCluster;
}

const places = {
  vectors: { edge: 'recommender/make-vectors', variable: 'VECTORS_QUEUE_URL', fifo: true },
  files: { edge: 'recommender/write-files', variable: 'FILES_QUEUE_URL', fifo: true },
} as const;

// An item has its neighbours within ten seconds of its arrival: three of them it may wait.
const vectorsDelay = Duration.seconds(3);

/** Items and behaviour by Kafka, into the database, vectors and files. */
export class Recommender extends Construct {
  readonly queues: QueueRing<keyof typeof places>;
  readonly erasure: Secret;
  readonly items: StreamHandler<typeof contract.ingestItemsEnv>;
  readonly behavior: StreamHandler<typeof contract.storeBehaviorsEnv>;
  readonly vectors: QueueHandler<typeof contract.makeVectorsEnv>;
  readonly files: QueueHandler<typeof contract.writeFilesEnv>;

  constructor(scope: Construct, id: string, props: RecommenderProps) {
    super(scope, id);
    this.queues = new QueueRing(this, 'Queues', places);
    this.erasure = new ErasureKey(this, 'Erasure').secret;
    this.vectors = this.#makeVectors(props);
    this.files = this.#makeFiles(props);
    this.items = this.#makeItems(props);
    this.behavior = this.#makeBehavior(props);
    watchConservation(this, 'recommender');
    this.queues.settle({ vectors: this.vectors, files: this.files });
  }

  get #settings() {
    return environmentOf(this).workloads.recommender;
  }

  #makeItems({ cluster, raw, database, failures }: RecommenderProps): StreamHandler<typeof contract.ingestItemsEnv> {
    const { pollers, partitions, itemTopics } = this.#settings;
    const [first, ...others] = itemTopics;
    if (first === undefined) throw new Error('There are topics');
    const items = new StreamHandler(this, 'IngestItems', {
      handler: 'recommender/ingest-items',
      contract: contract.ingestItemsEnv,
      env: {
        ...cluster.env,
        DATABASE_URL: database.url,
        VECTORS_QUEUE_URL: this.queues.urlOf('vectors'),
        FAILURES_QUEUE_URL: failures.queueUrl,
        RAW_BUCKET: raw.bucketName,
      },
      impact: 'New items wait in their topics: nobody is recommended them.',
      source: cluster,
      topics: [first, ...others],
      failures: raw,
      pollers: { ...pollers, group: 'millrace' },
      batchSize: 1000,
      batchingWindow: Duration.seconds(1),
      timeout: Duration.minutes(1),
      memory: 1024,
      concurrency: partitions * itemTopics.length,
      database,
    });
    cluster.grantProduce(items.handler, [contract.itemResultsTopic]);
    items.handler.allow(['sqs:SendMessage'], [failures.queueArn]);
    allowObjects(items.handler, raw, { write: ['platform/failures'] });
    this.queues.allowSending(items.handler, 'vectors');
    return items;
  }

  #makeBehavior(props: RecommenderProps): StreamHandler<typeof contract.storeBehaviorsEnv> {
    const { cluster, raw, database, failures } = props;
    const { pollers, partitions, filesDelaySeconds } = this.#settings;
    const behavior = new StreamHandler(this, 'StoreBehaviors', {
      handler: 'recommender/store-behaviors',
      contract: contract.storeBehaviorsEnv,
      env: {
        DATABASE_URL: database.url,
        RAW_BUCKET: raw.bucketName,
        FAILURES_QUEUE_URL: failures.queueUrl,
        ERASURE_SECRET: this.erasure.secretArn,
        FILES_QUEUE_URL: this.queues.urlOf('files'),
        FILES_DELAY_MS: String(filesDelaySeconds * 1000),
      },
      impact: 'Behaviour waits in its topic: nothing that is computed knows of it.',
      source: cluster,
      topics: [contract.behaviorTopic],
      failures: raw,
      pollers: { ...pollers, group: 'millrace' },
      batchSize: 2000,
      batchingWindow: Duration.seconds(1),
      timeout: Duration.minutes(2),
      memory: 1024,
      concurrency: partitions,
      database,
    });
    behavior.handler.allow(['sqs:SendMessage'], [failures.queueArn]);
    behavior.handler.allow(['secretsmanager:GetSecretValue'], [this.erasure.secretArn]);
    allowObjects(behavior.handler, raw, { write: ['platform/failures', 'recommender/markers'] });
    this.queues.allowSending(behavior.handler, 'files');
    return behavior;
  }

  #makeVectors({ database }: RecommenderProps): QueueHandler<typeof contract.makeVectorsEnv> {
    const { textVectors } = this.#settings;
    const vectors = new QueueHandler(this, 'MakeVectors', {
      handler: 'recommender/make-vectors',
      contract: contract.makeVectorsEnv,
      env: {
        DATABASE_URL: database.url,
        VECTORS_QUEUE_URL: this.queues.urlOf('vectors'),
        TEXT_VECTORS: textVectors,
      },
      impact: 'New items have no neighbours, so that only the newest lists show them.',
      fifo: true,
      delay: vectorsDelay,
      batchSize: 1,
      timeout: Duration.minutes(2),
      // A whole processor, which Lambda gives with this much memory.
      memory: 1769,
      database,
    });
    this.queues.allowSending(vectors.handler, 'vectors');
    if (textVectors === 'bedrock')
      allowBedrock(this, { handler: vectors.handler, database, model: contract.embeddingModel });
    return vectors;
  }

  #makeFiles({ database, raw }: RecommenderProps): QueueHandler<typeof contract.writeFilesEnv> {
    const files = new QueueHandler(this, 'WriteFiles', {
      handler: 'recommender/write-files',
      contract: contract.writeFilesEnv,
      env: { DATABASE_URL: database.url, RAW_BUCKET: raw.bucketName, ERASURE_SECRET: this.erasure.secretArn },
      impact: 'Behaviour is in the database alone: figures of older days, and who is to be erased, wait.',
      fifo: true,
      delay: Duration.seconds(this.#settings.filesDelaySeconds),
      batchSize: 1,
      timeout: Duration.minutes(5),
      memory: 1769,
      database,
    });
    const kept = Object.values(contract.fileFolders);
    allowObjects(files.handler, raw, { read: kept, write: kept });
    allowRemovalForGood(files.handler, raw, kept);
    files.handler.allow(['secretsmanager:GetSecretValue'], [this.erasure.secretArn]);
    return files;
  }
}
