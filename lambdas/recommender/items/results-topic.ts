import { streamProducer } from '#adapters/stream.ts';
import type { KafkaEnv } from '#kit/stream/env.ts';
import { itemResultsTopic } from '../contract.ts';
import type { IngestPorts } from './ingest-items.ts';

/** Tells what became of items, by tenant. */
export function itemResults({
  KAFKA_BROKERS: brokers,
  KAFKA_AUTH: auth,
  KAFKA_REGION: region,
}: KafkaEnv): IngestPorts['tell'] {
  const { send } = streamProducer({ brokers, auth, region });
  return (results) =>
    send(
      results.map((result) => ({
        topic: itemResultsTopic,
        key: Buffer.from(result.tenant_id),
        value: Buffer.from(JSON.stringify(result)),
      })),
    );
}
