import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { keptToken } from '../local/callers/console-token.ts';
import { clientsOf } from '../packages/one-machine/test/support/kafka/clients.ts';
import { askConsole, type StackProcess, startStackProcess } from '../test/support/stack-process.ts';
import { type Benchmark, type Figure, figure, say } from './figures.ts';
import { insertDeals } from './presale/many-deals.ts';
import { treeMemory, treeProcessorSeconds } from './process-tree.ts';
import { type Load, loadsOn } from './sustained/loads.ts';
import { type Paced, paced, percentile } from './sustained/pace.ts';

// BENCH_MINUTES asks for less, to try the script.
const minutes = Number(process.env.BENCH_MINUTES ?? 10);
const sampleMs = 5000;
// Functions are loaded and their code compiled when the clock starts.
const warmSeconds = Math.min(30, minutes * 6);
// What waits at the end comes out at the rate that the machine has.
const drainMs = 15 * 60_000;

/** All four kinds of load together, as long as it takes for memory that grows to show. */
export const benchmark: Benchmark = {
  title: `${minutes} minutes of 300 tasks, 3,000 messages, 500 behaviours and 20 requests of deals a second, together`,
  async measure() {
    const directory = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
    // PostgreSQL runs under another account when this is root.
    await chmod(directory, 0o755);
    const stack = await startStackProcess(directory, {
      CALLER_REQUESTS_PER_SECOND: '100000',
      CALLER_BURST: '100000',
      POWERTOOLS_LOG_LEVEL: 'WARN',
    });
    try {
      return await under(stack, directory);
    } finally {
      await stack.interrupt();
      await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
  },
};

async function under(stack: StackProcess, directory: string): Promise<readonly Figure[]> {
  const at = await askConsole<{ api: string; kafka: string }>(stack, '/stack');
  const clients = clientsOf(at.kafka);
  const pool = new pg.Pool({ connectionString: stack.databaseUrl, max: 2 });
  try {
    await insertDeals(stack.databaseUrl);
    const target = { api: at.api.replace(/\/$/, ''), token: await keptToken(directory), clients, pool };
    const loads = loadsOn(target);
    const warm = await Promise.all(loads.map(({ pace }) => paced(pace, warmSeconds)));
    const warmed = loads.map(({ items }, index) => (warm[index]?.begun ?? 0) * items);
    // Numbers go on where the warm-up ended: each item is another one.
    const further = loads.map((load, index) => continued(load, warm[index]?.begun ?? 0));
    say(`  warm after ${Math.round(warmSeconds)} s`);
    const watch = watching(stack, further, warmed);
    const outcomes = await Promise.all(further.map(({ pace }) => paced(pace, minutes * 60)));
    const watched = watch.stop();
    const figures = [...figuresOfMachine(await watched)];
    for (const [index, load] of further.entries()) {
      const outcome = outcomes[index];
      if (outcome)
        figures.push(...(await figuresOfLoad(load, outcome, warmed[index] ?? 0, (await watched).behind[index] ?? [])));
    }
    return figures;
  } finally {
    await pool.end();
    await clients.close();
  }
}

function continued(load: Load, from: number): Load {
  return { ...load, pace: { ...load.pace, work: (index) => load.pace.work(index + from) } };
}

interface Watched {
  readonly seconds: number;
  readonly processorSeconds: number;
  /** MB, at each sample. */
  readonly memory: readonly number[];
  /** For each load how many items it was behind its pace, at each sample. */
  readonly behind: readonly (readonly number[])[];
}

/** Memory, processor and what waits, until it is stopped. */
function watching(stack: StackProcess, loads: readonly Load[], before: readonly number[]) {
  const pid = stack.child.pid ?? 0;
  const began = performance.now();
  const processor = treeProcessorSeconds(pid);
  const memory: number[] = [];
  const behind = loads.map(() => [] as number[]);
  const ended = new AbortController();
  const work = async (): Promise<Watched> => {
    while (!ended.signal.aborted) {
      memory.push(treeMemory(pid).proportionalBytes / 1024 ** 2);
      const seconds = (performance.now() - began) / 1000;
      const outs = await Promise.all(loads.map(({ out }) => out()));
      for (const [index, { pace, items }] of loads.entries())
        behind[index]?.push(Math.max(0, seconds * pace.perSecond * items + (before[index] ?? 0) - (outs[index] ?? 0)));
      say(`  ${Math.round(seconds)} s: ${Math.round(memory.at(-1) ?? 0)} MB; ${outs.join(', ')} are out`);
      await sleep(sampleMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    const seconds = (performance.now() - began) / 1000;
    return { seconds, processorSeconds: treeProcessorSeconds(pid) - processor, memory, behind };
  };
  const working = work();
  return {
    stop(): Promise<Watched> {
      ended.abort();
      return working;
    },
  };
}

/** Memory of the first and the last third, which are alike where it is flat. */
function figuresOfMachine({ seconds, processorSeconds, memory }: Watched): Figure[] {
  const third = Math.max(1, Math.floor(memory.length / 3));
  return [
    figure('processor of all processes, in cores', 'cores', [processorSeconds / seconds]),
    figure('memory, shared pages once (PSS), first third', 'MB', memory.slice(0, third)),
    figure('memory, shared pages once (PSS), last third', 'MB', memory.slice(-third)),
  ];
}

async function figuresOfLoad(
  load: Load,
  { begun, done, heldBack, failures, times }: Paced,
  before: number,
  behind: readonly number[],
): Promise<Figure[]> {
  const { what, items, pace } = load;
  for (const [said, count] of failures) say(`  ${what}: ${count} ${said}`);
  const given = done * items + before;
  const drained = await drain(load, given);
  const { lost, twice } = await load.account(given);
  const perSecond = pace.perSecond * items;
  return [
    figure(`${what}: given, of ${perSecond}`, 'per s', [(done * items) / (minutes * 60)]),
    figure(`${what}: held back, since too many were under way`, 'items', [heldBack * items]),
    figure(`${what}: refused or failed`, 'items', [(begun - done) * items]),
    figure(`${what}: answered or taken, p50`, 'ms', [percentile(times, 0.5)]),
    figure(`${what}: answered or taken, p99`, 'ms', [percentile(times, 0.99)]),
    // Items behind the pace, over the pace: how old what comes out is.
    figure(`${what}: behind, p99`, 's', [percentile(behind, 0.99) / perSecond]),
    figure(`${what}: until all were out, after the last`, 's', [drained]),
    figure(`${what}: lost`, 'items', [lost]),
    figure(`${what}: twice`, 'items', [twice]),
  ];
}

/** Waits until all are out, or for a quarter of an hour; what is missing then is lost. */
async function drain({ what, out }: Load, given: number): Promise<number> {
  const began = performance.now();
  while ((await out()) < given && performance.now() - began < drainMs) await sleep(1000);
  const seconds = (performance.now() - began) / 1000;
  say(`  ${what}: all out after ${Math.round(seconds)} s`);
  return seconds;
}
