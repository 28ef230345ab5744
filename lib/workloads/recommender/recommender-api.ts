import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import * as contract from '../../../lambdas/recommender/contract.ts';
import { AlarmBook } from '../../constructs/alarm-book.ts';
import { ApiHandler } from '../../constructs/api/api-handler.ts';
import type { KafkaCluster } from '../../constructs/kafka/cluster.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { ownMetric } from '../../constructs/own-metric.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';
import type { ApiPlatform } from '../workload.ts';
import { MetricsApi } from './metrics-api.ts';
import type { Recommender } from './recommender.ts';

export interface RecommenderApiProps {
  readonly platform: ApiPlatform;
  readonly cluster: KafkaCluster;
  readonly recommender: Recommender;
  /** Trains a scenario's model. */
  readonly machine: StateMachine;
}

/** The recommender's routes: behaviour goes into Kafka without the database, all else asks it. */
export class RecommenderApi extends Construct {
  constructor(scope: Construct, id: string, { platform, cluster, recommender, machine }: RecommenderApiProps) {
    super(scope, id);
    const track = new ApiHandler(this, 'Track', {
      platform,
      noRoom: contract.noRoom,
      handler: 'recommender/track',
      contract: contract.trackEnv,
      routes: contract.trackRoutes,
      env: cluster.env,
      impact: 'What users do is not taken: sites must keep it, or it is lost.',
      severity: 'high',
      concurrency: 4,
      brokers: cluster,
    });
    cluster.grantProduce(track, [contract.behaviorTopic]);
    const api = new ApiHandler(this, 'Api', {
      platform,
      noRoom: contract.noRoom,
      handler: 'recommender/api',
      contract: contract.recommenderApiEnv,
      routes: contract.recommenderRoutes,
      env: {
        RAW_BUCKET: platform.raw.bucketName,
        HOT_DAYS: String(environmentOf(this).workloads.recommender.hotDays),
        VECTORS_QUEUE_URL: recommender.queues.urlOf('vectors'),
        FILES_QUEUE_URL: recommender.queues.urlOf('files'),
        ERASURE_SECRET: recommender.erasure.secretArn,
      },
      impact: 'Sites get no recommendations, and nobody sees how they do.',
      severity: 'high',
      concurrency: 6,
      memory: 1769,
    });
    api.allow(['secretsmanager:GetSecretValue'], [recommender.erasure.secretArn]);
    recommender.queues.allowSending(api, 'vectors', 'files');
    new MetricsApi(this, 'Metrics', platform, machine);
    allowObjects(api, platform.raw, { read: ['recommender/models'] });
    this.#watchModels();
  }

  #watchModels(): void {
    AlarmBook.of(this).add(this, {
      name: 'recommender-model-unreadable',
      metric: ownMetric(this, { name: 'ModelUnreadable', workload: 'recommender' }),
      impact: 'The model of a scenario can’t be read: its users get popular items in the place of what is theirs.',
      severity: 'medium',
    });
  }
}
