import { Duration } from 'aws-cdk-lib';
import { workload } from '../workload.ts';
import { Tagger } from './tagger.ts';
import { TaggerApi } from './tagger-api.ts';
import { TaggerDashboard } from './tagger-dashboard.ts';
import { taggerTopics } from './topics.ts';

/** Tags and keywords of messages. */
export const tagger = workload({
  name: 'tagger',
  // Pages and large messages on their way: what waits for longer than its queues keep it is told as lost.
  lifecycle: () =>
    ['tagger/pages/', 'tagger/messages/'].map((prefix) => ({
      prefix,
      expiration: Duration.days(10),
      noncurrentVersionExpiration: Duration.days(1),
    })),
  topics: taggerTopics,
  pipelines: (stack, { cluster, ...platform }) => cluster && new Tagger(stack, 'Tagger', { ...platform, cluster }),
  api: (stack, platform) => {
    if (platform.cluster) new TaggerApi(stack, 'Tagger', { platform, cluster: platform.cluster });
  },
  operations: (stack, { pipelines }) => {
    if (pipelines) new TaggerDashboard(stack, 'Tagger', pipelines);
  },
});
