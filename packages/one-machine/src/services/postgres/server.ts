import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import type { Account } from './home.ts';
import { readPostmaster } from './leftover.ts';

/** A server process and the way to end it. */
export interface Server {
  /** Resolves when it has ended, told to or not: `exit status 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

interface Place {
  readonly home: string;
  readonly data: string;
  readonly port: number;
  readonly owner: Account | undefined;
}

/**
 * The server's parent is a shell that holds our pipe: when the pipe closes, because we say so or because we were
 * killed, it asks for a fast shutdown. Its own group, so that Ctrl-C reaches only us and pools can close first.
 */
const guardian = `
exec 3<&0
"$@" 3<&- &
server=$!
{ read -r _ <&3; kill -INT $server; } &
watcher=$!
exec 3<&-
wait $server
code=$?
kill $watcher 2>/dev/null
exit $code`;

// Small: 64 MB of buffers and 60 connections leave room for everything else in 1 GB. Durable, as a cluster is unless its own
// postgresql.conf says otherwise: what was committed stays.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '64MB',
  max_connections: '60',
  max_wal_size: '512MB',
  // Nothing replicates from here, and bulk loads then write less.
  wal_level: 'minimal',
  max_wal_senders: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

const startWithinMs = 60_000;
const logLimitBytes = 10_000_000;

/** Starts the server and waits until it takes connections; throws with the end of its log when it doesn't. */
export async function runServer(binaries: Binaries, place: Place): Promise<Server> {
  const deadline = Date.now() + startWithinMs;
  for (;;) {
    const log = join(place.home, 'server.log');
    const from = await roomInLog(log);
    const shell = await spawnServer(binaries, place, log);
    const ended = endOf(shell);
    if (await becomesReady(shell, place.data, deadline)) return { ended, stop: () => stopServer(shell) };
    await stopServer(shell);
    const said = (await readFile(log)).subarray(from).toString();
    // Processes of a killed server need a moment to notice that it is gone; one killed while starting, too.
    const goneSoon = /is still in use|lock file .* already exists/.test(said) && Date.now() < deadline;
    if (!goneSoon) throw new Error(`PostgreSQL did not start in ${place.data}:\n${said.slice(-2000)}`);
    await sleep(200);
  }
}

async function spawnServer(binaries: Binaries, place: Place, log: string): Promise<ChildProcess> {
  // Statements that failed are in it, with their values.
  const file = await open(log, 'a', 0o600);
  try {
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = [binaries.postgres, '-D', place.data, '-p', String(place.port), ...options];
    const shell = spawn('/bin/sh', ['-c', guardian, 'one-machine-postgres', ...server], {
      ...place.owner,
      cwd: '/',
      env: { PATH: process.env.PATH, TZ: 'UTC' },
      stdio: ['pipe', file.fd, file.fd],
      detached: true,
    });
    // The shell may be gone before we close its pipe; that is what we wanted.
    shell.stdin?.on('error', () => undefined);
    await new Promise((resolve, reject) => shell.once('spawn', resolve).once('error', reject));
    return shell;
  } finally {
    await file.close();
  }
}

async function becomesReady(shell: ChildProcess, data: string, deadline: number): Promise<boolean> {
  while (isRunning(shell) && Date.now() < deadline) {
    const postmaster = await readPostmaster(data);
    if (postmaster?.status === 'ready') return true;
    await sleep(20);
  }
  return false;
}

function stopServer(shell: ChildProcess): Promise<void> {
  if (!isRunning(shell)) return Promise.resolve();
  return new Promise((resolve) => {
    shell.once('exit', () => resolve());
    shell.stdin?.end();
  });
}

function endOf(shell: ChildProcess): Promise<string> {
  return new Promise((resolve) => shell.once('exit', (status, signal) => resolve(signal ?? `exit status ${status}`)));
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function roomInLog(log: string): Promise<number> {
  const size = (await stat(log).catch(() => undefined))?.size ?? 0;
  if (size <= logLimitBytes) return size;
  await truncate(log);
  return 0;
}
