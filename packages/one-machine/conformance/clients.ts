import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Places, withServices } from './machine.ts';
import type { Outcome } from './outcome.ts';

const run = promisify(execFile);
const folder = path.join(import.meta.dirname, 'python');
// Foreign clients wait for what should have been refused; one that hangs is a difference, too.
const longestMs = 900_000;

const trial = z.object({ area: z.string(), name: z.string(), error: z.string().nullable() });
const report = z.object({ against: z.string(), trials: z.array(trial) });

/** What each script of `python/` tries with a client that isn't ours. */
export async function tryClients(python: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  await withServices(async (places) => {
    for (const script of ['boto3_clients.py', 'aws_cli.py', 'kafka_python.py']) {
      outcomes.push(...(await tryScript(python, script, places)));
    }
  });
  return outcomes;
}

/** Runs one script of `python/` on what it is given, as JSON. */
export async function tryScript(python: string, script: string, given: Places | object): Promise<Outcome[]> {
  const running = run(python, [path.join(folder, script)], { timeout: longestMs, maxBuffer: 64 * 1024 * 1024 });
  running.child.stdin?.end(JSON.stringify(given));
  const { stdout } = await running;
  const { against, trials } = report.parse(JSON.parse(stdout));
  return [...Map.groupBy(trials, ({ area }) => area)].map(([area, tried]) => ({
    area,
    against,
    tried: tried.length,
    equal: tried.filter(({ error }) => error === null).length,
    refused: [],
    different: tried.flatMap(({ name, error }) => (error === null ? [] : [`${name}: ${error}`])),
  }));
}
