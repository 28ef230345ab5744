import { Construct } from 'constructs';
import * as contract from '../../../lambdas/recommender/contract.ts';
import { ApiHandler } from '../../constructs/api/api-handler.ts';
import type { KafkaCluster } from '../../constructs/kafka/cluster.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import type { ApiPlatform } from '../workload.ts';
import { MetricsApi } from './metrics-api.ts';
import type { Recommender } from './recommender.ts';

export interface RecommenderApiProps {
  readonly platform: ApiPlatform;
  readonly cluster: KafkaCluster;
  readonly recommender: Recommender;
}

/** The recommender's routes: behaviour goes into Kafka without the database, all else asks it. */
export class RecommenderApi extends Construct {
  constructor(scope: Construct, id: string, { platform, cluster, recommender }: RecommenderApiProps) {
    super(scope, id);
    const track = new ApiHandler(this, 'Track', {
      platform,
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
    const answer = new ApiHandler(this, 'Api', {
      platform,
      handler: 'recommender/api',
      contract: contract.recommenderApiEnv,
      routes: contract.recommenderRoutes,
      env: {
        RAW_BUCKET: platform.raw.bucketName,
        HOT_DAYS: String(environmentOf(this).workloads.recommender.hotDays),
        VECTORS_QUEUE_URL: recommender.queues.urlOf('vectors'),
        FILES_QUEUE_URL: recommender.queues.urlOf('files'),
        ERASURE_SECRET: recommender.erasure.secretArn,
        HOT_DAYS: String(environmentOf(this).workloads.recommender.hotDays),
      },
      impact: 'Sites get no recommendations, and nobody sees how they do.',
      severity: 'high',
      concurrency: 6,
      memory: 1769,
    });
    answer.allow(['secretsmanager:GetSecretValue'], [recommender.erasure.secretArn]);
    recommender.queues.allowSending(answer, 'vectors', 'files');
    new MetricsApi(this, 'Metrics', platform);
  }
}
