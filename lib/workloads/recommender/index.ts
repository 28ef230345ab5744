import { workload } from '../workload.ts';
import { RecommenderApi } from './recommender-api.ts';
import { ScenarioSchedules } from './scenario-schedules.ts';
import { recommenderTopics } from './topics.ts';

/** Items and behaviour, to recommendations. */
export const recommender = workload({
  name: 'recommender',
  topics: recommenderTopics,
  pipelines: (stack, platform) => {
    new ScenarioSchedules(stack, 'RecommenderSchedules', platform);
  },
  api: (stack, platform) => {
    if (platform.cluster) new RecommenderApi(stack, 'Recommender', { platform, cluster: platform.cluster });
  },
});
