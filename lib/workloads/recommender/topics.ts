import { behaviorTopic, itemResultsTopic } from '../../../lambdas/recommender/contract.ts';
import type { TopicProps } from '../../constructs/kafka/cluster.ts';
import type { Environment } from '../../environment.ts';

/** Items in, what became of them out, and behaviour. */
export function recommenderTopics({ workloads: { recommender } }: Environment): readonly TopicProps[] {
  const { itemTopics, partitions } = recommender;
  return [...itemTopics, itemResultsTopic, behaviorTopic].map((name) => ({ name, partitions }));
}
