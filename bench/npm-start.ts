import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** `npm start`, as a person types it, in a checkout of its own. */
export interface NpmStart {
  readonly pid: number;
  /** Seconds from the command to the first line that matches; rejects when the process ends before. */
  secondsTo(line: RegExp): Promise<number>;
  /** Ctrl-C, and waits until it is gone. */
  interrupt(): Promise<void>;
}

/** Takes ports of its own, so that it can run beside another stack. */
export function npmStart(checkout: string, flags: readonly string[] = []): NpmStart {
  // What earlier starts left in the system's temp folder would make a first start faster than it is.
  const TMPDIR = path.join(checkout, 'build', 'tmp');
  mkdirSync(TMPDIR, { recursive: true, mode: 0o777 });
  const began = performance.now();
  const child = spawn('npm', ['start', '--', ...flags], {
    cwd: checkout,
    env: { ...process.env, MILLRACE_DIRECTORY: '.local', MILLRACE_PORT: '0', TMPDIR },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: a terminal sends Ctrl-C to all of the group, not to npm alone.
    detached: true,
  });
  const lines: { readonly text: string; readonly at: number }[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (text) => lines.push({ text, at: performance.now() }));
  }
  return {
    pid: child.pid ?? 0,
    async secondsTo(pattern) {
      for (;;) {
        const found = lines.find(({ text }) => pattern.test(text));
        if (found) return (found.at - began) / 1000;
        if (hasEnded(child)) throw new Error(`npm start ended:\n${lines.map(({ text }) => text).join('\n')}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async interrupt() {
      if (hasEnded(child)) return;
      const ended = once(child, 'close');
      process.kill(-(child.pid ?? 0), 'SIGINT');
      await ended;
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
