import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a server says of itself in `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly status: string;
}

/** `undefined` when no server wrote its file there, or hasn't finished writing it. */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await readPidFile(data);
  // pid, data directory, start time, port, socket directory, address, shared memory, status.
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || pid === noProcess) return undefined;
  return { pid, status: lines[7]?.trim() ?? '' };
}

// A fast shutdown writes a checkpoint of up to max_wal_size; on a slow disk that is seconds.
const fastWithinMs = 20_000;
const immediateWithinMs = 10_000;

/** Ends a server that an earlier process left in this folder: fast, then immediate (which recovers at the next start). */
export async function stopLeftover(data: string): Promise<void> {
  const left = await readPostmaster(data);
  if (!left) return;
  if (!(await isServerOf(left.pid, data))) {
    await disown(data);
    return;
  }
  for (const [signal, withinMs] of [
    ['SIGINT', fastWithinMs],
    ['SIGQUIT', immediateWithinMs],
  ] as const) {
    sendSignal(left.pid, signal);
    const deadline = Date.now() + withinMs;
    while (Date.now() < deadline) {
      if (!(await isServerOf(left.pid, data))) return disown(data);
      await sleep(20);
    }
  }
  throw new Error(`A PostgreSQL server (process ${left.pid}) in ${data} doesn't stop`);
}

// Above what any system gives to a process.
const noProcess = 2_147_483_647;

/**
 * A killed server's file stays, since its shared-memory line is how the next one notices surviving backends; only the
 * process number goes, because another program may have it by now and PostgreSQL would refuse to start.
 */
async function disown(data: string): Promise<void> {
  const text = await readPidFile(data);
  if (text !== '') await writeFile(pidFile(data), text.replace(/^\d+/, String(noProcess)));
}

async function isServerOf(pid: number, data: string): Promise<boolean> {
  const command = await commandLine(pid);
  return command.includes('postgres') && command.includes(data);
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform !== 'linux') {
    return run('ps', ['-p', String(pid), '-o', 'args='])
      .then(({ stdout }) => stdout)
      .catch(() => '');
  }
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readPidFile(data: string): Promise<string> {
  return readFile(pidFile(data), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

function pidFile(data: string): string {
  return join(data, 'postmaster.pid');
}
