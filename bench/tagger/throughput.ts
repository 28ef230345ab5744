import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { clientsOf } from '../../packages/one-machine/test/support/kafka/clients.ts';
import { startEmbedded } from '../../packages/one-machine/test/support/kafka/embedded.ts';
import { startPagesSite } from '../../test/flows/pages-site.ts';
import { smallCorpus } from '../../test/lambdas/tagger/model/small-corpus.ts';
import { startTestStack } from '../../test/support/stack.ts';
import { readRows } from '../../training/rows.ts';
import { type Benchmark, figure, say, seconds } from '../figures.ts';

const messages = 50_000;
// Tagged before the clock starts: functions and their dictionaries are loaded and their code compiled by then.
const first = 10_000;
const perRequest = 500;
const runs = 3;
const labelled = process.env.BENCH_HEADLINES;
const script = path.resolve(import.meta.dirname, '../../../shared/baselines/tagger_seed.py');
// BENCH_PYTHON names another interpreter, such as one of a virtual environment.
const interpreter = process.env.BENCH_PYTHON ?? 'python3';

type Clients = ReturnType<typeof clientsOf>;

/** Broker -> poller -> handler -> broker, as `npm start` runs it; and the same beside pages that never answer. */
export const benchmark: Benchmark = {
  title: `${messages.toLocaleString('en')} headlines through the whole local loop, broker to broker (made-up headlines unless BENCH_HEADLINES names rows)`,
  async measure() {
    const site = await startPagesSite();
    try {
      const plain: number[] = [];
      const besideSlow: number[] = [];
      const python: number[] = [];
      for (let run = 1; run <= runs; run += 1) {
        plain.push(await through(() => ''));
        // A hundredth waits for 30 s for a page; what is counted are the others.
        const slow = (index: number) => (index % 100 === 0 ? `,"type":3,"url":"${site.url}/slow?${run}-${index}"` : '');
        besideSlow.push(await through(slow, site.host));
        // By turns: what else the machine does weighs on all of them.
        python.push(...(await baseline()));
        say(`  round ${run} of ${runs}`);
      }
      return [
        figure('messages without pages', 'messages/s', plain),
        figure('the same, beside one page of 30 s in a hundred', 'messages/s', besideSlow),
        ...(python.length === 0 ? [] : [figure('one Python process: jieba and scikit-learn', 'messages/s', python)]),
      ];
    } finally {
      await site.stop();
    }
  },
};

/**
 * How fast those without a page come out. All are in the topic before the stack starts: to produce them is the work of
 * somebody else, and the Python process's clock doesn't count it either.
 */
async function through(page: (index: number) => string, allowed = ''): Promise<number> {
  const broker = await startEmbedded();
  const clients = clientsOf(broker.brokers);
  try {
    for (const topic of ['wx.messages', 'wx.messages.tagged']) await clients.topic(topic, 4);
    await fill(clients, page);
    const stack = await startTestStack({
      KAFKA_BROKERS: broker.brokers,
      PAGE_ALLOWED: allowed,
      POWERTOOLS_LOG_LEVEL: 'WARN',
    });
    try {
      const begun = await tagged(clients, first);
      const withPage = Array.from({ length: first + messages }, (_, index) => page(index)).filter(Boolean).length;
      const all = first + messages - withPage;
      const took = await seconds(() => tagged(clients, all));
      return (all - begun) / took;
    } finally {
      await stack.stop();
    }
  } finally {
    await clients.close();
    await broker.stop();
  }
}

async function fill(clients: Clients, page: (index: number) => string): Promise<void> {
  const producer = clients.producer('zstd');
  const texts = textsOf();
  for (let sent = 0; sent < texts.length; sent += perRequest) {
    const batch = texts.slice(sent, sent + perRequest).map((text, index) => ({
      topic: 'wx.messages',
      partition: (sent + index) % 4,
      value: Buffer.from(`{"id":${sent + index},"text":${JSON.stringify(text)}${page(sent + index)}}`),
    }));
    await producer.send({ messages: batch });
  }
}

/** Waits until so many are tagged; resolves to how many there are. */
async function tagged({ admin }: Clients, count: number): Promise<number> {
  const partitions = [0, 1, 2, 3].map((partitionIndex) => ({ partitionIndex, timestamp: -1n }) as const);
  for (;;) {
    const [listed] = await admin.listOffsets({ topics: [{ name: 'wx.messages.tagged', partitions }] });
    const end = (listed?.partitions ?? []).reduce((sum, { offset }) => sum + Number(offset), 0);
    if (end >= count) return end;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function textsOf(): readonly string[] {
  const rows = labelled !== undefined && existsSync(labelled) ? readRows(labelled) : smallCorpus(10_000, 1);
  return Array.from({ length: first + messages }, (_, index) => rows[index % rows.length]?.text ?? '');
}

/** One Python process with jieba and scikit-learn against the same broker, where the machine has all of it. */
async function baseline(): Promise<number[]> {
  const run = promisify(execFile);
  try {
    await run(interpreter, ['-c', 'import jieba, sklearn, confluent_kafka']);
  } catch {
    say(`  without the baseline: ${interpreter} has not all of jieba, scikit-learn and confluent-kafka`);
    return [];
  }
  if (!existsSync(script) || labelled === undefined) {
    say(`  without the baseline: it needs ${script}, and BENCH_HEADLINES to learn from`);
    return [];
  }
  const broker = await startEmbedded();
  const clients = clientsOf(broker.brokers);
  try {
    const [into, out] = [await clients.topic('seed-in', 4), await clients.topic('seed-out', 4)];
    const { stdout } = await run(interpreter, [script, broker.brokers, into, out, String(messages / 5), labelled]);
    const [, rate] = /(\d+) messages\/s/.exec(stdout) ?? [];
    if (rate === undefined) throw new Error(`The baseline printed no rate:\n${stdout}`);
    return [Number(rate)];
  } finally {
    await clients.close();
    await broker.stop();
  }
}
