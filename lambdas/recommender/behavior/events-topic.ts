import { streamProducer } from '#adapters/stream.ts';
import type { KafkaEnv } from '#kit/stream/env.ts';
import { behaviorTopic } from '../contract.ts';
import type { TrackPorts } from './ports.ts';

/** Puts behaviour into its topic: what one user does stays in its order. */
export function behaviorEvents({
  KAFKA_BROKERS: brokers,
  KAFKA_AUTH: auth,
  KAFKA_REGION: region,
}: KafkaEnv): TrackPorts {
  const { send } = streamProducer({ brokers, auth, region });
  return {
    send: (events) =>
      send(
        events.map((event) => ({
          topic: behaviorTopic,
          key: Buffer.from(`${event.tenant_id}:${event.user_id}`),
          value: Buffer.from(JSON.stringify(event)),
        })),
      ),
  };
}
