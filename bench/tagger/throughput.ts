import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { startPagesSite } from '../../test/flows/pages-site.ts';
import { smallCorpus } from '../../test/lambdas/tagger/model/small-corpus.ts';
import { clientsOf } from '../../test/support/kafka/clients.ts';
import { startTestStack } from '../../test/support/stack.ts';
import { readRows } from '../../training/rows.ts';
import { type Benchmark, type Figure, figure, say, seconds } from '../figures.ts';

const messages = 50_000;
const perRequest = 500;
const runs = 3;
const labelled = process.env.BENCH_HEADLINES;
const script = path.resolve(import.meta.dirname, '../../../shared/baselines/tagger_seed.py');
// BENCH_PYTHON names another interpreter, such as one of a virtual environment.
const python = process.env.BENCH_PYTHON ?? 'python3';

type Clients = ReturnType<typeof clientsOf>;

/** Broker -> poller -> handler -> broker, as `npm start` runs it; and the same beside pages that never answer. */
export const benchmark: Benchmark = {
  title: `${messages.toLocaleString('en')} headlines through the whole local loop, broker to broker (made-up headlines unless BENCH_HEADLINES names rows)`,
  async measure() {
    const site = await startPagesSite();
    const stack = await startTestStack({ PAGE_ALLOWED: site.host, POWERTOOLS_LOG_LEVEL: 'WARN' });
    const { kafka } = stack.stack.services;
    if (!kafka) throw new Error('No broker runs');
    const clients = clientsOf(kafka.brokers);
    try {
      const texts = textsOf();
      await through(clients, texts.slice(0, 2000), () => '');
      const plain: number[] = [];
      const besideSlow: number[] = [];
      for (let run = 1; run <= runs; run += 1) {
        plain.push(await through(clients, texts, () => ''));
        // A hundredth waits for 30 s for a page; what is counted are the others.
        const slow = (index: number) => (index % 100 === 0 ? `,"type":3,"url":"${site.url}/slow?${run}-${index}"` : '');
        besideSlow.push(await through(clients, texts, slow));
        say(`  round ${run} of ${runs}`);
      }
      return [
        figure('messages without pages', 'messages/s', plain),
        figure('the same, beside one page of 30 s in a hundred', 'messages/s', besideSlow),
        ...(await baseline(clients, kafka.brokers)),
      ];
    } finally {
      await clients.close();
      await stack.stop();
      await site.stop();
    }
  },
};

function textsOf(): readonly string[] {
  const rows = labelled !== undefined && existsSync(labelled) ? readRows(labelled) : smallCorpus(10_000, 1);
  return Array.from({ length: messages }, (_, index) => rows[index % rows.length]?.text ?? '');
}

/** Puts them all there, then counts how fast those without a page come out. */
async function through(clients: Clients, texts: readonly string[], page: (index: number) => string): Promise<number> {
  const producer = clients.producer('zstd');
  const ends = async () => await endOf(clients, 'wx.messages.tagged');
  const expected = (await ends()) + texts.filter((_, index) => page(index) === '').length;
  const took = await seconds(async () => {
    for (let sent = 0; sent < texts.length; sent += perRequest) {
      const batch = texts.slice(sent, sent + perRequest).map((text, index) => ({
        topic: 'wx.messages',
        partition: (sent + index) % 4,
        value: Buffer.from(`{"id":${sent + index},"text":${JSON.stringify(text)}${page(sent + index)}}`),
      }));
      await producer.send({ messages: batch });
    }
    while ((await ends()) < expected) await new Promise((resolve) => setTimeout(resolve, 20));
  });
  return texts.length / took;
}

async function endOf({ admin }: Clients, topic: string): Promise<number> {
  const partitions = [0, 1, 2, 3].map((partitionIndex) => ({ partitionIndex, timestamp: -1n }) as const);
  const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
  return (listed?.partitions ?? []).reduce((sum, { offset }) => sum + Number(offset), 0);
}

/** One Python process with jieba and scikit-learn against the same broker, where the machine has all of it. */
async function baseline(clients: Clients, brokers: string): Promise<Figure[]> {
  const run = promisify(execFile);
  try {
    await run(python, ['-c', 'import jieba, sklearn, confluent_kafka']);
  } catch {
    say(`  without the baseline: ${python} has not all of jieba, scikit-learn and confluent-kafka`);
    return [];
  }
  if (!existsSync(script) || labelled === undefined) {
    say(`  without the baseline: it needs ${script}, and BENCH_HEADLINES to learn from`);
    return [];
  }
  const [into, out] = [await clients.topic('seed-in', 4), await clients.topic('seed-out', 4)];
  const { stdout } = await run(python, [script, brokers, into, out, String(messages / 5), labelled]);
  const [, rate] = /(\d+) messages\/s/.exec(stdout) ?? [];
  if (rate === undefined) throw new Error(`The baseline printed no rate:\n${stdout}`);
  return [figure('one Python process: jieba and scikit-learn', 'messages/s', [Number(rate)])];
}
