import { Duration } from 'aws-cdk-lib';
import { fileFolders, modelsFolder, sparkFolder } from '../../../lambdas/recommender/contract.ts';
import { workload } from '../workload.ts';
import { Cleanup } from './cleanup.ts';
import { addFileTables } from './file-tables.ts';
import { Recommender } from './recommender.ts';
import { RecommenderApi } from './recommender-api.ts';
import { RecommenderDashboard } from './recommender-dashboard.ts';
import { ScenarioSchedules } from './scenario-schedules.ts';
import { recommenderTopics } from './topics.ts';

/** Items and behaviour, to recommendations. */
export const recommender = workload({
  name: 'recommender',
  topics: recommenderTopics,
  // A file is written anew with whatever comes to it: what it was before is of use for nothing but a slip of hands.
  lifecycle: () => [
    ...[...Object.values(fileFolders), modelsFolder].map((folder) => ({
      prefix: `${folder}/`,
      noncurrentVersionExpiration: Duration.days(1),
    })),
    // Of abandoned jobs, where cleanup is paused.
    {
      prefix: `${sparkFolder}/`,
      expiration: Duration.days(7),
      noncurrentVersionExpiration: Duration.days(1),
    },
  ],
  data: (_stack, { analytics }) => addFileTables(analytics),
  pipelines: (stack, { cluster, ...platform }) => {
    if (!cluster) return undefined;
    const recommender = new Recommender(stack, 'Recommender', { ...platform, cluster });
    const { machine } = new ScenarioSchedules(stack, 'RecommenderSchedules', {
      ...platform,
      files: recommender.files.queue,
    });
    new Cleanup(stack, 'RecommenderCleanup', { ...platform, files: recommender.files.queue });
    return { recommender, machine };
  },
  api: (stack, platform, { pipelines: made }) => {
    const { cluster } = platform;
    if (cluster && made) new RecommenderApi(stack, 'Recommender', { platform, cluster, ...made });
  },
  operations: (stack, { pipelines: made }) => {
    if (made) new RecommenderDashboard(stack, 'Recommender', made);
  },
});
