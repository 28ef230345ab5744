import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { tokenOf } from '../local/callers/console-token.ts';
import type { TestStack } from '../test/support/stack.ts';
import { type Figure, figure, say } from './figures.ts';

const runs = 3;

/** Of each run. */
export const secondsEach = 5;

/** One token asks more often than any caller may. */
export const withoutLimits = { CALLER_REQUESTS_PER_SECOND: '1000000', CALLER_BURST: '1000000' } as const;

/** One route asked for by so many connections at once. */
export interface Question {
  readonly name: string;
  readonly route: string;
  readonly connections: number;
}

/** Its median, its slowest hundredth and its rate. Throws when one answer was not a 200: the time of a refusal says nothing. */
export async function ask(running: TestStack, { name, route, connections }: Question): Promise<Figure[]> {
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
