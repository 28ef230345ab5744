import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import type { Log } from 'one-machine/terminal/log.ts';

/**
 * Builds the console in a process of its own, unless it has been built of the same sources. The stack does not wait: until
 * it is there, its address says that it is being built.
 */
export function buildConsole(project: string, log: Pick<Log, 'warn'>): { stop(): Promise<void> } {
  const script = path.join(project, 'packages/console/build/build.ts');
  const build = spawn(process.execPath, [script], { cwd: project, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: Buffer[] = [];
  let stopped = false;
  build.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  build.once('spawn', () => {
    // What the stack itself starts comes first.
    if (build.pid !== undefined) setPriority(build.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  });
  const warn = (words: string) => log.warn(`The console could not be built: ${words}`);
  build.once('error', (error) => warn(error.message));
  build.once('close', (status, signal) => {
    // Ctrl-C reaches it, too.
    if (status !== 0 && !stopped && signal !== 'SIGINT') warn(Buffer.concat(said).toString('utf8'));
  });
  const ended = new Promise<void>((resolve) => build.once('close', () => resolve()));
  return {
    stop() {
      stopped = true;
      build.kill();
      return ended;
    },
  };
}
