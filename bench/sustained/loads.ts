import type pg from 'pg';
import type { clientsOf } from '../../packages/one-machine/test/support/kafka/clients.ts';
import type { Pace } from './pace.ts';

/** The stack under load, as its clients reach it. */
export interface Target {
  readonly api: string;
  readonly token: string;
  readonly clients: ReturnType<typeof clientsOf>;
  readonly pool: pg.Pool;
}

/** One kind of load. */
export interface Load {
  readonly what: string;
  readonly pace: Pace;
  /** How many items each piece of work brings. */
  readonly items: number;
  /** How many items have come out by now. */
  readonly out: () => Promise<number>;
  /** Of so many items that went in, how many are lost, and how many came out twice. */
  readonly account: (given: number) => Promise<{ readonly lost: number; readonly twice: number }>;
}

const batchesPerSecond = 10;
const partitionsRead = 16;

/** What of the sustained load each second, together. */
export function loadsOn(target: Target): readonly Load[] {
  return [tasks(target, 300), messages(target, 3000), behaviours(target, 500), deals(target, 20)];
}

async function asked({ api, token }: Target, route: string, body?: object): Promise<void> {
  const response = await fetch(`${api}${route}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`answered ${response.status}`);
}

function tasks(target: Target, perSecond: number): Load {
  const body = { name: 'tasks.general.example:word_count', args: ['the quick brown fox jumps over the lazy dog'] };
  const count = async (where: string) =>
    (await target.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM tasks.tasks WHERE ${where}`)).rows[0]?.n ??
    0;
  return {
    what: 'tasks submitted and run',
    pace: { perSecond, atOnce: 64, work: () => asked(target, '/api/v1/tasks/submit', body) },
    items: 1,
    out: () => count('ended_at IS NOT NULL'),
    account: async (given) => ({ lost: given - (await count(`status = 'SUCCESS'`)), twice: 0 }),
  };
}

/** Sends the batch of a number: so many records of one topic, which are numbered through. */
function sender(clients: Target['clients'], topic: string, items: number, record: (id: number) => object) {
  const producer = clients.producer('zstd');
  return (batch: number) =>
    producer.send({
      messages: Array.from({ length: items }, (_, place) => ({
        topic,
        value: Buffer.from(JSON.stringify(record(batch * items + place))),
      })),
    });
}

const headlines = [
  '补时进球，城东队主场两球取胜',
  '央行下调存款准备金率',
  '新船试航，渡轮票价不变',
  '新款手机发布，电池更大',
];

function messages({ clients, pool }: Target, perSecond: number): Load {
  const items = perSecond / batchesPerSecond;
  const record = (id: number) => ({ id, text: `${headlines[id % headlines.length]} ${id}` });
  const ends = () => endsOf(clients, 'wx.messages.tagged');
  return {
    what: 'messages tagged',
    pace: { perSecond: batchesPerSecond, atOnce: 20, work: sender(clients, 'wx.messages', items, record) },
    items,
    out: async () => (await ends()).reduce((sum, end) => sum + end, 0),
    async account(given) {
      const seen = new Uint8Array(given);
      let twice = 0;
      const all = (await ends()).reduce((sum, end) => sum + end, 0);
      const consumer = clients.consumer(`sustained-${process.pid}`);
      const stream = await consumer.consume({ topics: ['wx.messages.tagged'], mode: 'earliest' });
      let left = all;
      // One by one: two million records don't stand in memory together.
      for await (const { value } of stream) {
        const { id } = JSON.parse(value?.toString() ?? '{}') as { id: number };
        if (seen[id] === 1) twice += 1;
        seen[id] = 1;
        left -= 1;
        if (left <= 0) break;
      }
      const { rows } = await pool.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM platform.failures WHERE workload = 'tagger' AND state = 'open'`,
      );
      // What the ledger holds isn't lost.
      return { lost: given - seen.reduce((sum, one) => sum + one, 0) - (rows[0]?.n ?? 0), twice };
    },
  };
}

async function endsOf({ admin }: Target['clients'], topic: string): Promise<readonly number[]> {
  const [about] = (await admin.metadata({ topics: [topic] })).topics.values();
  const count = about?.partitionsCount ?? partitionsRead;
  const partitions = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1n }));
  const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
  return (listed?.partitions ?? []).map(({ offset }) => Number(offset));
}

const actions = ['impression', 'click', 'view', 'like', 'purchase'];

function behaviours({ clients, pool }: Target, perSecond: number): Load {
  const items = perSecond / batchesPerSecond;
  const record = (id: number) => ({
    event_id: `sustained-${id}`,
    tenant_id: 'shop',
    scenario_id: 'home',
    user_id: `u${id % 5000}`,
    item_id: `i${(id * 31) % 10_000}`,
    action_type: actions[id % actions.length],
    timestamp: Date.now(),
  });
  const stored = async () => {
    const { rows } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM recommender.behaviors WHERE event_id LIKE 'sustained-%'`,
    );
    return rows[0]?.n ?? 0;
  };
  return {
    what: 'behaviours stored',
    pace: { perSecond: batchesPerSecond, atOnce: 20, work: sender(clients, 'user-behaviors', items, record) },
    items,
    out: stored,
    account: async (given) => ({ lost: given - (await stored()), twice: 0 }),
  };
}

function deals(target: Target, perSecond: number): Load {
  let answered = 0;
  const ask = async () => {
    await asked(target, '/apiv1/deals');
    answered += 1;
  };
  return {
    what: 'requests of deals',
    pace: { perSecond, atOnce: 16, work: ask },
    items: 1,
    out: async () => answered,
    account: async (given) => ({ lost: given - answered, twice: 0 }),
  };
}
