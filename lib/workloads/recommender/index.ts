import { workload } from '../workload.ts';
import { Recommender } from './recommender.ts';
import { RecommenderApi } from './recommender-api.ts';
import { recommenderTopics } from './topics.ts';

/** Items and behaviour, to recommendations. */
export const recommender = workload({
  name: 'recommender',
  topics: recommenderTopics,
  pipelines: (stack, { cluster, ...platform }) =>
    cluster && new Recommender(stack, 'Recommender', { ...platform, cluster }),
  api: (stack, platform, { pipelines: recommender }) => {
    const { cluster } = platform;
    if (cluster && recommender) new RecommenderApi(stack, 'Recommender', { platform, cluster, recommender });
  },
});
