import { type StreamProducer, streamProducer } from '#adapters/stream.ts';
import { PermanentError } from '#kit/errors.ts';
import type { Compression } from '#kit/stream/compression.ts';
import type { KafkaEnv } from '#kit/stream/env.ts';
import type { TaggerService } from '../contract.ts';
import type { Publish } from '../ports.ts';

export interface PublisherOptions extends KafkaEnv {
  readonly TAGGER_SERVICES: readonly TaggerService[];
}

/** Each message goes into the topic of its service, into the partition it came in: that keeps its order. */
export function publisher(options: PublisherOptions): Publish {
  const { KAFKA_BROKERS: brokers, KAFKA_AUTH: auth, KAFKA_REGION: region, TAGGER_SERVICES: services } = options;
  const producers = new Map<Compression, StreamProducer>();
  const producerOf = (compression: Compression) => {
    const known = producers.get(compression) ?? streamProducer({ brokers, auth, region, compression });
    producers.set(compression, known);
    return known;
  };
  const byTopic = new Map(services.map((service) => [service.in, service]));
  return async (records) => {
    const placed = records.map(({ source, key, value, headers }) => {
      const service = byTopic.get(source.topic);
      if (service === undefined) throw new PermanentError(`No service of ours reads ${source.topic}`);
      const { out: topic, compression } = service;
      return { compression, record: { topic, partition: source.partition, key, value, headers } };
    });
    const packed = Map.groupBy(placed, ({ compression }) => compression);
    await Promise.all(
      [...packed].map(([compression, group]) => producerOf(compression).send(group.map(({ record }) => record))),
    );
  };
}
