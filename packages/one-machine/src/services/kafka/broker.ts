import { mkdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { listen } from '../free-port.ts';
import { adminAnswers } from './answers/admin.ts';
import type { Answering, Broker } from './answers/answering.ts';
import { dataAnswers } from './answers/data.ts';
import { groupAnswers } from './answers/groups.ts';
import { serve } from './connection.ts';
import { Groups } from './groups/groups.ts';
import { CommittedOffsets } from './groups/offsets.ts';
import { Topics } from './log/topics.ts';

export interface BrokerOptions {
  /** Everything it keeps; one broker at a time. */
  readonly directory: string;
  /** @default one the system picks; also where the wanted one is taken */
  readonly port?: number;
  /** @default 4 */
  readonly defaultPartitions?: number;
  /** @default false, as on MSK: a name misspelt is an error, not a topic */
  readonly autoCreate?: boolean;
  readonly onError: (message: string) => void;
}

/** A broker that listens. */
export interface RunningBroker {
  /** `127.0.0.1:4520` */
  readonly address: string;
  readonly port: number;
  /** Bytes that the last stop, if it was none of ours, left half written and this start cut off. */
  readonly cutBytes: number;
  stop(): Promise<void>;
}

const host = '127.0.0.1';
// A dead process loses nothing that was acknowledged, a dead machine up to this much.
const flushEveryMs = 1000;
const retainEveryMs = 30_000;

/**
 * A Kafka broker for one machine: one node, the APIs and versions that the clients of today agree on, the log on disk.
 * It has no transactions, no replicas, no TLS, no authentication, no compaction and no static group members; who asks
 * for one of them is refused. See docs/decisions/0023-embedded-broker.md.
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  mkdirSync(options.directory, { recursive: true });
  const topics = new Topics(options.directory);
  const offsets = new CommittedOffsets(path.join(options.directory, 'offsets.jsonl'));
  const groups = new Groups();
  const answers = new Map<number, Answering>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, answers, options.onError);
  });
  const port = await listen(server, options.port);
  const { defaultPartitions = 4, autoCreate = false } = options;
  const broker: Broker = { topics, groups, offsets, host, port, defaultPartitions, autoCreate };
  const speaks = () => [...answers.values()].map(({ api }) => api);
  for (const one of [...dataAnswers(broker), ...groupAnswers(broker), ...adminAnswers(broker, speaks)])
    answers.set(one.api.key, one);
  const flushing = every(flushEveryMs, options.onError, async () => {
    await topics.flush();
    offsets.flush();
  });
  const retaining = every(retainEveryMs, options.onError, async () => topics.retain(Date.now()));
  return {
    address: `${host}:${port}`,
    port,
    cutBytes: topics
      .all()
      .reduce((sum, topic) => sum + topic.partitions.reduce((all, one) => all + one.cutBytes, 0), 0),
    async stop() {
      clearInterval(flushing);
      clearInterval(retaining);
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      groups.close();
      await closed;
      topics.close();
      offsets.close();
    },
  };
}

function every(milliseconds: number, onError: (message: string) => void, work: () => Promise<void>): NodeJS.Timeout {
  return setInterval(() => {
    work().catch((error: unknown) => onError(`The broker's log: ${String(error)}`));
  }, milliseconds);
}
