import { briefTopics } from '../../../lambdas/briefs/contract.ts';
import type { TopicProps } from '../../constructs/kafka/cluster.ts';
import type { Environment } from '../../environment.ts';

/** One topic for each platform. */
export function briefTopicsOf({ workloads: { briefs } }: Environment): readonly TopicProps[] {
  return briefTopics.map((name) => ({ name, partitions: briefs.partitions }));
}
