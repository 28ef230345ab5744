import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { tokenOf } from '../../local/callers/console-token.ts';
import { startTestStack, type TestStack } from '../../test/support/stack.ts';
import { type Benchmark, type Figure, figure, say } from '../figures.ts';
import { dealCount, insertDeals } from './many-deals.ts';

const runs = 3;
const secondsEach = 5;
const connectionCounts = [1, 8] as const;

/** Each on the county that asks for most: 新北市 holds a fifth of the deals. */
const queries: Readonly<Record<string, string>> = {
  'default query': '/apiv1/deals',
  search: `/apiv1/deals?search=${encodeURIComponent('雲')}`,
  'sorted by price': '/apiv1/deals?sort=-price',
  'page at 9,000': '/apiv1/deals?start=9000&length=100',
};

/** GET /apiv1/deals by the bundled handler behind the local API, asked from a process of its own. */
export const benchmark: Benchmark = {
  title: `GET /apiv1/deals over ${dealCount.toLocaleString('en-US')} deals, ${secondsEach} s a run`,
  async measure() {
    // One token asks more often than any caller may.
    const running = await startTestStack({ CALLER_REQUESTS_PER_SECOND: '1000000', CALLER_BURST: '1000000' });
    try {
      await insertDeals(running.stack.services.postgres.url('postgres', 'millrace'));
      const figures: Figure[] = [];
      for (const [name, route] of Object.entries(queries)) {
        for (const connections of connectionCounts) figures.push(...(await ask(running, { name, route, connections })));
      }
      return figures;
    } finally {
      await running.stop();
    }
  },
};

interface Question {
  readonly name: string;
  readonly route: string;
  readonly connections: number;
}

async function ask(running: TestStack, { name, route, connections }: Question): Promise<Figure[]> {
  const p50: number[] = [];
  const p99: number[] = [];
  const rate: number[] = [];
  // Starts as many instances as will be asked at once, and isn't counted.
  await autocannon(running, route, { connections, seconds: 1 });
  for (let run = 1; run <= runs; run++) {
    const { latency, requests } = await autocannon(running, route, { connections, seconds: secondsEach });
    p50.push(latency.p50);
    p99.push(latency.p99);
    rate.push(requests.average);
  }
  const what = `${name}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`;
  say(`  ${what}`);
  return [
    figure(`${what}: p50`, 'ms', p50),
    figure(`${what}: p99`, 'ms', p99),
    figure(`${what}: requests`, 'per s', rate),
  ];
}

interface Answer {
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly requests: { readonly average: number };
  readonly non2xx: number;
  readonly errors: number;
}

/** Throws when one answer was not a 200: the time of a refusal says nothing. */
async function autocannon(
  { stack }: TestStack,
  route: string,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Answer> {
  const program = fileURLToPath(import.meta.resolve('autocannon'));
  const load = ['--json', '--connections', String(connections), '--duration', String(seconds)];
  const headers = ['--headers', `authorization=Bearer ${tokenOf(stack.services)}`];
  const child = spawn(process.execPath, [program, ...load, ...headers, `${stack.wiring.api?.url}${route}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const answer = JSON.parse(await text(child.stdout)) as Answer;
  if (answer.non2xx > 0 || answer.errors > 0) {
    throw new Error(`${route}: ${answer.non2xx} answers were refusals, ${answer.errors} requests failed`);
  }
  return answer;
}
