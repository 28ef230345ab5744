import { workload } from '../workload.ts';
import { addBehaviorTable } from './behavior-table.ts';
import { Recommender } from './recommender.ts';
import { RecommenderApi } from './recommender-api.ts';
import { ScenarioSchedules } from './scenario-schedules.ts';
import { recommenderTopics } from './topics.ts';

/** Items and behaviour, to recommendations. */
export const recommender = workload({
  name: 'recommender',
  topics: recommenderTopics,
  pipelines: (stack, { cluster, ...platform }) => {
    new ScenarioSchedules(stack, 'RecommenderSchedules', platform);
    return cluster && new Recommender(stack, 'Recommender', { ...platform, cluster });
  },
  data: (_stack, { analytics }) => addBehaviorTable(analytics),
  api: (stack, platform, { pipelines: recommender }) => {
    const { cluster } = platform;
    if (cluster && recommender) new RecommenderApi(stack, 'Recommender', { platform, cluster, recommender });
  },
});
