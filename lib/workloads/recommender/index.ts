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
  data: (_stack, { analytics }) => addBehaviorTable(analytics),
  pipelines: (stack, { cluster, ...platform }) => {
    const { machine } = new ScenarioSchedules(stack, 'RecommenderSchedules', platform);
    const recommender = cluster && new Recommender(stack, 'Recommender', { ...platform, cluster });
    return { machine, recommender };
  },
  api: (stack, platform, { pipelines: { machine, recommender } }) => {
    const { cluster } = platform;
    if (cluster && recommender) new RecommenderApi(stack, 'Recommender', { platform, cluster, machine, recommender });
  },
});
