import { Admin, type CompressionAlgorithmValue, Consumer, type Message, Producer } from '@platformatic/kafka';

type Bytes = Buffer;

/** What tests do with a broker, by the client that handlers use. */
export function clientsOf(brokers: string) {
  // A broker that is started again takes half a minute, on a busy machine more: tries for as long as a test may last.
  const common = { clientId: 'test', bootstrapBrokers: [brokers], retries: 1200, retryDelay: 250 };
  const opened: { close(force?: boolean): Promise<void> }[] = [];
  /** One that could not join its group anew reads nothing more; unheard, it would end the process. */
  const heard = <C extends { on(name: 'error', listener: (error: Error) => void): unknown }>(client: C): C => {
    client.on('error', (error) => process.emitWarning(`A consumer is out of its group: ${error.message}`));
    return client;
  };
  const keep = <C extends { close(force?: boolean): Promise<void> }>(client: C): C => {
    opened.push(client);
    return client;
  };
  const admin = new Admin({ ...common, retries: 4 });
  return {
    admin,
    async topic(name: string, partitions = 1): Promise<string> {
      await admin.createTopics({ topics: [name], partitions, replicas: 1 });
      return name;
    },
    producer: (compression: CompressionAlgorithmValue = 'none', retries = common.retries) =>
      keep(new Producer<Bytes, Bytes, Bytes, Bytes>({ ...common, idempotent: true, compression, retries })),
    /** A member that says nothing for the session's time is out of its group: one that works a lot on a busy machine needs more. */
    consumer: (groupId: string, sessionTimeout = 10_000) =>
      heard(
        keep(
          new Consumer<Bytes, Bytes, Bytes, Bytes>({
            ...common,
            groupId,
            autocommit: false,
            maxWaitTime: 200,
            sessionTimeout,
            rebalanceTimeout: Math.max(sessionTimeout, 120_000),
            heartbeatInterval: 500,
          }),
        ),
      ),
    /** Reads so many records from the beginning, in a group nobody else is in. */
    async read(topic: string, count: number): Promise<readonly Message<Bytes, Bytes, Bytes, Bytes>[]> {
      const consumer = this.consumer(`read-${topic}-${Math.random()}`);
      const stream = await consumer.consume({ topics: [topic], mode: 'earliest' });
      const seen: Message<Bytes, Bytes, Bytes, Bytes>[] = [];
      for await (const message of stream) if (seen.push(message) >= count) break;
      await consumer.close(true);
      return seen;
    },
    async close(): Promise<void> {
      await Promise.all(opened.map((client) => client.close(true)));
      await admin.close();
    },
  };
}

export type Clients = ReturnType<typeof clientsOf>;
