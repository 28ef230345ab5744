import type { TopicProps } from '../../constructs/kafka/cluster.ts';
import type { Environment } from '../../environment.ts';

/** The topics of the tagger's services. */
export function taggerTopics({ workloads: { tagger } }: Environment): readonly TopicProps[] {
  const { partitions } = tagger;
  // A message goes out in the partition it came in: both topics have as many.
  return tagger.services.flatMap((service) => [
    { name: service.in, partitions },
    { name: service.out, partitions },
  ]);
}
