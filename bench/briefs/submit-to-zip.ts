import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keptToken } from '../../local/callers/console-token.ts';
import { askConsole, startStackProcess } from '../../test/support/stack-process.ts';
import { type Benchmark, figure, say, seconds } from '../figures.ts';
import { treeProcessorSeconds } from '../process-tree.ts';

const runs = 3;
const rounds = 1;
const atOnce = 10;
// Ten that look ten times a second would be half of the work.
const pollMs = 500;

/** A brief of all platforms and two keywords, from `POST /dts-auto-brief/job/submit` to its zip, as `npm start` runs it. */
export const benchmark: Benchmark = {
  title:
    'a brief of 5 platforms x 2 keywords x 100 articles from the sample sites, details included, from submit to zip',
  async measure() {
    const directory = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
    const stack = await startStackProcess(directory, { POWERTOOLS_LOG_LEVEL: 'ERROR' });
    try {
      const { pid = 0 } = stack.child;
      const { api } = await askConsole<{ api: string }>(stack, '/stack');
      const brief = briefsOf(api, await keptToken(directory));
      await brief(0);
      const alone: number[] = [];
      const cost: number[] = [];
      for (let run = 1; run <= runs; run += 1) {
        const before = treeProcessorSeconds(pid);
        alone.push(await seconds(() => brief(run)));
        cost.push(treeProcessorSeconds(pid) - before);
        say(`  alone, ${run} of ${runs}: ${alone.at(-1)?.toFixed(1)} s, processor ${cost.at(-1)?.toFixed(1)} s`);
      }
      const costAtOnce: number[] = [];
      const slowest: number[] = [];
      const all: number[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        const numbers = Array.from({ length: atOnce }, (_, index) => round * 100 + index);
        const before = treeProcessorSeconds(pid);
        const times = await Promise.all(numbers.map((number) => seconds(() => brief(number))));
        costAtOnce.push((treeProcessorSeconds(pid) - before) / atOnce);
        all.push(...times);
        slowest.push(Math.max(...times));
        say(`  ${atOnce} at once, round ${round} of ${rounds}: up to ${Math.max(...times).toFixed(1)} s`);
      }
      return [
        figure('one alone: clock', 's', alone),
        figure('one alone: processor, all processes', 's', cost),
        figure(`each of ${atOnce} at once: clock`, 's', all),
        figure(`each of ${atOnce} at once: processor, all processes`, 's', costAtOnce),
        figure(`the slowest of ${atOnce} at once: clock`, 's', slowest),
      ];
    } finally {
      await stack.interrupt();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

interface Viewed {
  readonly jobUuid: string;
  readonly state: string;
}

/** Submits a brief of keywords of its own and waits for its end; throws when that is no good one. */
function briefsOf(api: string, token: string) {
  const ask = async (route: string, body: object): Promise<Viewed> => {
    const response = await fetch(`${api}/dts-auto-brief/job/${route}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    // More at once than the API's function has places for: a client comes again.
    if (response.status === 503) return sleep(pollMs).then(() => ask(route, body));
    const answer = (await response.json()) as { readonly err_code: number; readonly data: Viewed };
    if (answer.err_code !== 0) throw new Error(`${route} answered ${JSON.stringify(answer)}`);
    return answer.data;
  };
  return async (number: number): Promise<void> => {
    const keywords = `精华水${number}/抗老${number}`;
    const job_content = [{ platform: '1/2/3/4/5', keywords, limitnum: 100, starttime: 20160101, endtime: 20991231 }];
    const { jobUuid: job_uuid } = await ask('submit', { job_name: `bench ${number}`, job_desc: { job_content } });
    for (;;) {
      const { state } = await ask('view', { job_uuid });
      if (state === 'finished') return;
      if (state !== 'queued' && state !== 'running') throw new Error(`The brief is ${state}`);
      await sleep(pollMs);
    }
  };
}
