import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from 'one-machine/services/free-port.ts';
import { say } from '../figures.ts';

/** What the script prints; times in milliseconds. */
export interface CeleryFigures {
  readonly submit_p50: number;
  readonly submit_p99: number;
  readonly started_p50: number;
  readonly started_p99: number;
  readonly ended_p50: number;
  readonly per_second: number;
}

/** Celery over Redis on this machine. */
export interface CeleryBaseline {
  measure(work: { readonly single: number; readonly many: number; readonly content: string }): Promise<CeleryFigures>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const script = path.join(import.meta.dirname, 'celery_baseline.py');
// BENCH_PYTHON names another interpreter, such as one of a virtual environment; BENCH_REDIS another server.
const python = process.env.BENCH_PYTHON ?? 'python3';
const redis = process.env.BENCH_REDIS ?? 'redis-server';

/** `undefined`, with the reason at the terminal, where Python, Celery or Redis is missing. */
export async function celeryBaseline(): Promise<CeleryBaseline | undefined> {
  try {
    await run(python, ['-c', 'import celery, redis']);
  } catch {
    return missing(`${python} has not both of celery and redis`);
  }
  try {
    await run(redis, ['--version']);
  } catch {
    return missing(`there is no ${redis}`);
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
  const port = await freePort(0);
  // What is acknowledged is on the disk a second later, as Redis recommends: ours is at once.
  const server = spawn(redis, ['--port', String(port), '--dir', directory, '--appendonly', 'yes', '--save', ''], {
    stdio: 'ignore',
  });
  await answering(server, port);
  return {
    async measure({ single, many, content }) {
      const url = `redis://127.0.0.1:${port}`;
      const { stdout } = await run(python, [script, url, String(single), String(many), content]);
      return JSON.parse(stdout) as CeleryFigures;
    },
    async stop() {
      const gone = new Promise((resolve) => server.once('close', resolve));
      server.kill();
      await gone;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function answering(server: ChildProcess, port: number): Promise<void> {
  const ping = `import redis; redis.Redis(port=${port}).ping()`;
  for (let tries = 0; server.exitCode === null && tries < 50; tries += 1) {
    try {
      await run(python, ['-c', ping]);
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error(`${redis} does not answer on port ${port}`);
}

function missing(reason: string): undefined {
  say(`  without Celery: ${reason}`);
}
