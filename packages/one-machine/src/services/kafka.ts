import { Admin } from '@platformatic/kafka';
import type { TopicModel } from '../template/model.ts';
import { startBroker } from './kafka/broker.ts';

/** The Kafka brokers that this machine's stack uses. */
export interface Kafka {
  /** host:port, separated by commas. */
  readonly brokers: string;
  stop(): Promise<void>;
}

export interface KafkaOptions {
  readonly directory: string;
  readonly port: number;
  /** KAFKA_BROKERS: real ones, without authentication, instead of the embedded one. */
  readonly elsewhere: string | undefined;
  readonly topics: readonly TopicModel[];
  readonly onError: (message: string) => void;
}

/** Starts the embedded broker, or takes those named, and makes the template's topics where they are missing. */
export async function startKafka({ directory, port, elsewhere, topics, onError }: KafkaOptions): Promise<Kafka> {
  const embedded = elsewhere === undefined ? await startBroker({ directory, port, onError }) : undefined;
  const brokers = elsewhere ?? embedded?.address ?? '';
  try {
    await makeTopics(brokers, topics);
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
  return { brokers, stop: async () => embedded?.stop() };
}

/** Makes those topics that are missing. */
export async function makeTopics(brokers: string, topics: readonly TopicModel[]): Promise<void> {
  const admin = new Admin({ clientId: 'one-machine', bootstrapBrokers: brokers.split(',') });
  try {
    const there = new Set(await admin.listTopics());
    for (const { name, partitions, configs } of topics) {
      if (there.has(name)) continue;
      const settings = Object.entries(configs).map(([setting, value]) => ({ name: setting, value }));
      await admin.createTopics({ topics: [name], partitions, replicas: -1, configs: settings });
    }
  } finally {
    await admin.close();
  }
}
