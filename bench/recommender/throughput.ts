import pg from 'pg';
import { clientsOf } from '../../packages/one-machine/test/support/kafka/clients.ts';
import { startEmbedded } from '../../packages/one-machine/test/support/kafka/embedded.ts';
import { startTestStack } from '../../test/support/stack.ts';
import { type Benchmark, figure, say, seconds } from '../figures.ts';
import { treeProcessorSeconds } from '../process-tree.ts';

const events = 60_000;
// A batch has twenty thousand: of fewer the last would be all that is measured.
const items = 200_000;
const itemsOfMessage = 20;
// Stored before the clock starts: functions are loaded and their code compiled by then.
const warm = 0.2;
const perRequest = 500;
const partitions = 2;
const runs = 3;
const topics = ['user-behaviors', 'items-ingest', 'vlog-items', 'news-items', 'items-ingest-results'];

type Clients = ReturnType<typeof clientsOf>;

/** Broker -> poller -> handler -> database, as `npm start` runs it; markers, vectors and neighbours follow beside it. */
export const benchmark: Benchmark = {
  title: `${events.toLocaleString('en')} events and ${items.toLocaleString('en')} items through the whole local loop, broker to database`,
  async measure() {
    const behavior: Rate[] = [];
    const upserts: Rate[] = [];
    for (let run = 1; run <= runs; run += 1) {
      behavior.push(await through('user-behaviors', eventMessages(), 'recommender.behaviors', events));
      upserts.push(await through('items-ingest', itemMessages(), 'recommender.items', items));
      say(`  round ${run} of ${runs}`);
    }
    const of = (rates: readonly Rate[], what: keyof Rate) => rates.map((rate) => rate[what]);
    return [
      figure('behaviour: clock', 'events/s', of(behavior, 'clock')),
      figure('behaviour: processor of all processes', 'events/s', of(behavior, 'processor')),
      figure('items new to the catalogue: clock', 'items/s', of(upserts, 'clock')),
      figure('items new to the catalogue: processor of all processes', 'items/s', of(upserts, 'processor')),
    ];
  },
};

/** Rows a second of the clock, and a second of one processor, with the broker's part and that of what follows beside it. */
interface Rate {
  readonly clock: number;
  readonly processor: number;
}

/** All is in the topic before the stack starts: to produce it is the work of somebody else. */
async function through(topic: string, values: readonly string[], table: string, all: number): Promise<Rate> {
  const broker = await startEmbedded();
  const clients = clientsOf(broker.brokers);
  try {
    for (const name of topics) await clients.topic(name, partitions);
    await fill(clients, topic, values);
    const stack = await startTestStack({ KAFKA_BROKERS: broker.brokers, POWERTOOLS_LOG_LEVEL: 'WARN' });
    const database = new pg.Client({
      connectionString: stack.stack.services.postgres.url('postgres', 'millrace'),
    });
    try {
      await database.connect();
      const begun = await stored(database, table, all * warm);
      const used = treeProcessorSeconds(process.pid);
      const took = await seconds(() => stored(database, table, all));
      const processor = treeProcessorSeconds(process.pid) - used;
      return { clock: (all - begun) / took, processor: (all - begun) / processor };
    } finally {
      await database.end();
      await stack.stop();
    }
  } finally {
    await clients.close();
    await broker.stop();
  }
}

async function fill(clients: Clients, topic: string, values: readonly string[]): Promise<void> {
  const producer = clients.producer('zstd');
  for (let sent = 0; sent < values.length; sent += perRequest) {
    const batch = values.slice(sent, sent + perRequest).map((value, index) => ({
      topic,
      partition: (sent + index) % partitions,
      value: Buffer.from(value),
    }));
    await producer.send({ messages: batch });
  }
}

/** Waits until so many rows are there; resolves to how many there are. */
async function stored(database: pg.Client, table: string, count: number): Promise<number> {
  for (;;) {
    const { rows } = await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    const n = rows[0]?.n ?? 0;
    if (n >= count) return n;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function eventMessages(): readonly string[] {
  const now = Date.now();
  const actions = ['impression', 'click', 'view', 'like', 'purchase'];
  return Array.from({ length: events }, (_, index) =>
    JSON.stringify({
      event_id: `e${index}`,
      tenant_id: 'shop',
      scenario_id: 'home',
      user_id: `u${index % 5000}`,
      item_id: `i${(index * 31) % 10_000}`,
      action_type: actions[index % actions.length],
      context: { device_type: 'mobile', os: 'ios', location: '臺北' },
      timestamp: now - index,
    }),
  );
}

function itemMessages(): readonly string[] {
  return Array.from({ length: items / itemsOfMessage }, (_, message) =>
    JSON.stringify({
      tenant_id: 'shop',
      scenario_id: 'home',
      items: Array.from({ length: itemsOfMessage }, (_, place) => ({
        item_id: `i${message * itemsOfMessage + place}`,
        metadata: {
          title: `第${message}号船试航 ${place}`,
          category: `c${place % 7}`,
          tags: ['船', `t${message % 50}`],
        },
      })),
    }),
  );
}
