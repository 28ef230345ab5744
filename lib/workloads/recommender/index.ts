import { workload } from '../workload.ts';
import { addBehaviorTable } from './behavior-table.ts';
import { RecommenderApi } from './recommender-api.ts';
import { recommenderTopics } from './topics.ts';

/** Items and behaviour, to recommendations. */
export const recommender = workload({
  name: 'recommender',
  topics: recommenderTopics,
  data: (_stack, { analytics }) => addBehaviorTable(analytics),
  api: (stack, platform) => {
    if (platform.cluster) new RecommenderApi(stack, 'Recommender', { platform, cluster: platform.cluster });
  },
});
