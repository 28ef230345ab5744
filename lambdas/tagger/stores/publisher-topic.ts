import { streamProducer } from '#adapters/stream.ts';
import { PermanentError } from '#kit/errors.ts';
import type { KafkaEnv } from '#kit/stream/env.ts';
import type { TaggerService } from '../contract.ts';
import type { Publish } from '../ports.ts';

export interface PublisherOptions extends KafkaEnv {
  readonly TAGGER_SERVICES: readonly TaggerService[];
}

/** Each message goes into the topic of its service, into the partition it came in: that keeps its order. */
export function publisher(options: PublisherOptions): Publish {
  const { KAFKA_BROKERS: brokers, KAFKA_AUTH: auth, KAFKA_REGION: region, TAGGER_SERVICES: services } = options;
  const { send } = streamProducer({ brokers, auth, region });
  const topics = new Map(services.map((service) => [service.in, service.out]));
  return (records) =>
    send(
      records.map(({ source, key, value, headers }) => {
        const topic = topics.get(source.topic);
        if (topic === undefined) throw new PermanentError(`No service of ours reads ${source.topic}`);
        return { topic, partition: source.partition, key, value, headers };
      }),
    );
}
