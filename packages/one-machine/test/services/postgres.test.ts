import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readlink, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPostgres } from '../../src/services/postgres.ts';

// These tests look at processes through /proc.
const onLinux = process.platform === 'linux';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

const hostProgram = `
import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, '../../src/services/postgres.ts'))};
const postgres = await startPostgres({ directory: process.argv[1] });
console.log(postgres.url('postgres', 'machine'));
setInterval(() => {}, 1000);
`;

/** A process of its own that owns a server, to be killed. */
async function host(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', hostProgram, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout, 'data');
  return { child, url: String(said).trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function postmasterPid(): Promise<number> {
  return Number((await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

/** What Linux says of a process; `undefined` when it is gone or only waits for its parent to notice. */
async function processStatus(pid: number): Promise<{ parent: number } | undefined> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tZ');
  if (/^State:\s*Z/m.test(text)) return undefined;
  return { parent: Number(/^PPid:\s*(\d+)/m.exec(text)?.[1]) };
}

async function parentOf(pid: number): Promise<number> {
  const status = await processStatus(pid);
  if (!status) throw new Error(`process ${pid} is gone`);
  return status.parent;
}

async function untilDead(pid: number): Promise<void> {
  for (let waited = 0; await processStatus(pid); waited += 20) {
    if (waited > 10_000) throw new Error(`process ${pid} is still there`);
    await sleep(20);
  }
}

test('data written before a stop is there after the next start', async () => {
  const first = await startPostgres({ directory });
  await ask(first.url('postgres', 'machine'), 'create table deals as select 7 as price');
  await first.stop();

  const again = await startPostgres({ directory, port: first.port });
  const rows = await ask(again.url('postgres', 'machine'), 'select price from deals');
  await again.stop();

  expect(rows).toEqual([{ price: 7 }]);
  expect(again.port).toBe(first.port);
});

test('the database is UTF8, sorts by code point and keeps what it commits', async () => {
  const postgres = await startPostgres({ directory });
  const [row] = await ask(
    postgres.url('postgres', 'machine'),
    `select pg_encoding_to_char(encoding) encoding, datlocale, current_setting('fsync') fsync,
            current_setting('synchronous_commit') commit, current_setting('server_version_num')::int / 10000 version
       from pg_database where datname = current_database()`,
  );
  await postgres.stop();

  expect(row).toEqual({ encoding: 'UTF8', datlocale: 'C.UTF-8', fsync: 'on', commit: 'on', version: 18 });
});

test('a taken port is not fought for', async () => {
  const first = await startPostgres({ directory: join(directory, 'first') });
  const second = await startPostgres({ directory: join(directory, 'second'), port: first.port });
  await Promise.all([first.stop(), second.stop()]);

  expect(second.port).not.toBe(first.port);
});

test.runIf(onLinux)('no server outlives the process that started it, even when that one is killed', async () => {
  const { child } = await host();
  const postmaster = await postmasterPid();

  await kill(child);

  await untilDead(postmaster);
});

test.runIf(onLinux)('committed rows survive when the whole of it is killed at once', async () => {
  const { child, url } = await host();
  await ask(url, 'create table deals as select generate_series(1, 1000) as price');
  const postmaster = await postmasterPid();
  process.kill(await parentOf(postmaster), 'SIGKILL');
  process.kill(postmaster, 'SIGKILL');
  await kill(child);

  const postgres = await startPostgres({ directory });
  const rows = await ask(postgres.url('postgres', 'machine'), 'select count(*)::int as count from deals');
  await postgres.stop();

  expect(rows).toEqual([{ count: 1000 }]);
});

test.runIf(onLinux)('a server left behind is stopped before the next one starts', async () => {
  const { child } = await host();
  const left = await postmasterPid();
  process.kill(await parentOf(left), 'SIGKILL');
  await kill(child);
  expect(await processStatus(left)).toBeDefined();

  const postgres = await startPostgres({ directory });
  const next = await postmasterPid();
  await postgres.stop();

  expect(await processStatus(left)).toBeUndefined();
  expect(next).not.toBe(left);
});

test.runIf(process.getuid?.() === 0)(
  'below a folder only root may enter the data goes elsewhere, is found, and goes with its folder',
  async () => {
    const hidden = join(directory, 'hidden');
    await mkdir(hidden, { mode: 0o700 });
    const first = await startPostgres({ directory: join(hidden, 'postgres') });
    await ask(first.url('postgres', 'machine'), 'create table deals as select 7 as price');
    await first.stop();
    const elsewhere = await readlink(join(hidden, 'postgres', 'elsewhere'));
    const second = await startPostgres({ directory: join(hidden, 'postgres') });
    const rows = await ask(second.url('postgres', 'machine'), 'select price from deals');
    await second.stop();

    await rm(hidden, { recursive: true });
    await mkdir(hidden, { mode: 0o700 });
    const afterReset = await startPostgres({ directory: join(hidden, 'postgres') });
    const tables = await ask(
      afterReset.url('postgres', 'machine'),
      "select 1 from pg_tables where tablename = 'deals'",
    );
    await afterReset.stop();

    await rm(hidden, { recursive: true });
    const other = join(directory, 'other');
    await mkdir(other, { mode: 0o700 });
    await (await startPostgres({ directory: join(other, 'postgres') })).stop();
    const abandoned = await stat(elsewhere).catch(() => undefined);
    await rm(await readlink(join(other, 'postgres', 'elsewhere')), { recursive: true });

    expect(abandoned).toBeUndefined();
    expect(rows).toEqual([{ price: 7 }]);
    expect(tables).toEqual([]);
  },
  // Four starts and three new clusters, on two cores that others use too.
  90_000,
);

test('a server that is killed is started again on its port, with its data, and both are said', async () => {
  const said: string[] = [];
  const postgres = await startPostgres({ directory, onWarning: (message) => said.push(message) });
  try {
    const url = postgres.url('postgres', 'machine');
    await ask(url, 'create table deals as select 7 as price');
    for (const time of [1, 2]) {
      process.kill(await postmasterPid(), 'SIGKILL');
      while (said.filter((line) => line === 'PostgreSQL runs again').length < time) await sleep(20);
      expect(await ask(url, 'select price from deals')).toEqual([{ price: 7 }]);
    }
    expect(said.filter((line) => line.startsWith('PostgreSQL has ended'))).toHaveLength(2);
  } finally {
    await postgres.stop();
  }
});

test('a stop while it is started again leaves no server behind', async () => {
  let ended = () => {};
  const noticed = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const postgres = await startPostgres({ directory, onWarning: () => ended() });
  process.kill(await postmasterPid(), 'SIGKILL');
  await noticed;
  await postgres.stop();
  await expect(ask(postgres.url('postgres', 'machine'), 'select 1')).rejects.toThrow(/ECONNREFUSED/);
});

test.runIf(onLinux)(
  'one that can’t be started again is said once for each reason, and tried on until it can',
  async () => {
    const said: string[] = [];
    const postgres = await startPostgres({ directory, onWarning: (message) => said.push(message) });
    const control = join(directory, 'data', 'global', 'pg_control');
    await rename(control, `${control}.away`);

    process.kill(await postmasterPid(), 'SIGKILL');

    const tries = async () => (await readFile(join(directory, 'server.log'), 'utf8')).split('pg_control').length - 1;
    await expect.poll(tries, { timeout: 300_000 }).toBeGreaterThan(3);
    const reasons = said.filter((message) => message.startsWith('PostgreSQL can’t be started: '));
    expect(reasons).toEqual([expect.stringMatching(/pg_control.*No such file or directory$/)]);
    await rename(`${control}.away`, control);
    await expect.poll(() => said.at(-1), { timeout: 300_000 }).toBe('PostgreSQL runs again');
    expect(new Set(said).size).toBe(said.length);
    await postgres.stop();
  },
  600_000,
);
