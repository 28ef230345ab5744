import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from './free-port.ts';
import { postgresBinaries } from './postgres/binaries.ts';
import { createCluster } from './postgres/cluster.ts';
import { reachableHome, unprivileged } from './postgres/home.ts';
import { stopLeftover } from './postgres/leftover.ts';
import { runServer, type Server } from './postgres/server.ts';

/** A running PostgreSQL server that ends with this process, however this process ends. */
export interface Postgres {
  readonly port: number;
  /** Trusted on the loopback address: no password. */
  url(role: string, database: string): string;
  /** A fast shutdown; open connections are cut (57P01), so close pools first. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL 18 server of this folder, made on first use, with the superuser `postgres` and the database
 * `millrace`. One folder has one owner: a server found running there is taken for a leftover and stopped.
 */
export async function startPostgres(options: { directory: string; port?: number }): Promise<Postgres> {
  const owner = unprivileged();
  await mkdir(options.directory, { recursive: true });
  const home = await reachableHome(options.directory, owner);
  const binaries = await postgresBinaries(owner);
  const data = join(home, 'data');

  await stopLeftover(data);
  if (!(await exists(data))) await createCluster(binaries, { data, owner });
  const { server, port } = await runOnFreePort(options.port, (port) =>
    runServer(binaries, { home, data, port, owner }),
  );
  try {
    await createDatabase(port, 'millrace');
  } catch (error) {
    await server.stop();
    throw error;
  }
  return running(server, port);
}

function running(server: Server, port: number): Postgres {
  return {
    port,
    url: (role, database) =>
      `postgresql://${encodeURIComponent(role)}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    stop: () => server.stop(),
  };
}

/** Another program may take the port between our look and the server's bind; then another port. */
async function runOnFreePort(
  wanted: number | undefined,
  run: (port: number) => Promise<Server>,
): Promise<{ server: Server; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? wanted : undefined);
    try {
      return { server: await run(port), port };
    } catch (error) {
      if (attempt === 3 || !String(error).includes('Address already in use')) throw error;
    }
  }
}

async function createDatabase(port: number, name: string): Promise<void> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** A folder that can't be looked at is no missing one: a cluster must not be made over it. */
async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
