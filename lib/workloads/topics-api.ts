import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { topicsApiEnv, topicsRoutes } from '../../lambdas/platform/contract.ts';
import { ApiHandler, type ApiHandlerPlatform } from '../constructs/api/api-handler.ts';
import type { KafkaCluster } from '../constructs/kafka/cluster.ts';
import { StreamHandler } from '../constructs/kafka/stream-handler.ts';

export interface TopicsApiProps {
  readonly platform: ApiHandlerPlatform;
  readonly cluster: KafkaCluster;
}

/** The route that tells how far topics are read. The readers are those of the whole app: make this after them. */
export class TopicsApi extends Construct {
  constructor(scope: Construct, id: string, { platform, cluster }: TopicsApiProps) {
    super(scope, id);
    const readers = this.node.root.node
      .findAll()
      .filter((construct) => construct instanceof StreamHandler)
      .flatMap(({ handler, mappings }) => mappings.map(({ topic, id }) => [topic, id, handler.handler] as const));
    const api = new ApiHandler(this, 'Api', {
      platform,
      handler: 'platform/topics-api',
      contract: topicsApiEnv,
      routes: topicsRoutes,
      env: {
        ...cluster.env,
        TOPIC_NAMES: cluster.topics.join(','),
        TOPIC_READERS: Stack.of(this).toJsonString(readers),
      },
      impact: 'Nobody can ask how far topics are read; the alarms of lag still rise.',
      severity: 'low',
      concurrency: 2,
    });
    cluster.grantDescribe(api, cluster.topics);
    cluster.grantDescribeGroups(
      api,
      readers.map(([, group]) => group),
    );
  }
}
