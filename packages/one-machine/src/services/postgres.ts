import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, DatabaseError } from 'pg';
import { type StackCredentials, stackCredentials } from '../guard/credentials.ts';
import { freePort } from './free-port.ts';
import { postgresBinaries } from './postgres/binaries.ts';
import { askForPasswords, asksForPasswords, createCluster } from './postgres/cluster.ts';
import { reachableHome, unprivileged } from './postgres/home.ts';
import { keepRunning } from './postgres/keep-running.ts';
import { stopLeftover } from './postgres/leftover.ts';
import { runServer, type Server } from './postgres/server.ts';

/** A running PostgreSQL server that ends with this process, however this process ends. */
export interface Postgres {
  readonly port: number;
  /** With the role's password, where the stack has one for it. */
  url(role: string, database: string): string;
  /** A fast shutdown; open connections are cut (57P01), so close pools first. */
  stop(): Promise<void>;
}

type Passwords = StackCredentials['database'];

const someName = 'machine';

/** The role that an app's functions have in its database. */
export function functionsRole(app: string): string {
  return `${app}_app`;
}

/** Where a server has its data and its port. */
export interface PostgresOptions {
  readonly directory: string;
  /** What the database is called, and the functions' role after it. */
  readonly name?: string;
  readonly port?: number;
  /** @default the folder's own, made when there are none */
  readonly passwords?: Passwords;
  /** Told when the server has ended by itself and when it runs again. */
  readonly onWarning?: (message: string) => void;
}

/**
 * Starts the PostgreSQL 18 server of this folder, made on first use, with the superuser `postgres` and the database
 * that is named. One folder has one owner: a server found running there is taken for a leftover and stopped.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { name = someName } = options;
  const owner = unprivileged();
  await mkdir(options.directory, { recursive: true });
  const passwords = options.passwords ?? (await stackCredentials(options.directory, functionsRole(name))).database;
  const home = await reachableHome(options.directory, owner, name);
  const binaries = await postgresBinaries(owner);
  const data = join(home, 'data');

  await stopLeftover(data);
  if (!(await exists(data))) await createCluster(binaries, { data, owner, superuserPassword: passwords.postgres });
  else if (!(await asksForPasswords(data))) await askForPasswords(binaries, { data, owner }, passwords.postgres);
  const run = () => runOnFreePort(options.port, (port) => runServer(binaries, { home, data, port, owner }));
  const kept = ({ server, port }: { server: Server; port: number }) => {
    const startAgain = async () => {
      // The processes of a server that was killed hold its data until they have noticed.
      await stopLeftover(data);
      return runServer(binaries, { home, data, port, owner });
    };
    return running({ server: keepRunning(server, startAgain, options.onWarning ?? console.warn), port }, passwords);
  };
  const first = await run();
  try {
    if (await prepared(first.port, name, passwords)) return kept(first);
  } catch (error) {
    await first.server.stop();
    throw error;
  }
  // The passwords were lost or made anew while the data stayed: the owner of the folder may set them.
  await first.server.stop();
  await askForPasswords(binaries, { data, owner }, passwords.postgres);
  const second = await run();
  if (await prepared(second.port, name, passwords)) return kept(second);
  await second.server.stop();
  throw new Error(`PostgreSQL refuses the password that it was just given in ${data}`);
}

function running({ server, port }: { server: Server; port: number }, passwords: Passwords): Postgres {
  return {
    port,
    url(role, database) {
      const url = new URL(`postgresql://127.0.0.1:${port}/${encodeURIComponent(database)}`);
      url.username = encodeURIComponent(role);
      if (Object.hasOwn(passwords, role)) url.password = passwords[role] ?? '';
      return url.href;
    },
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

/** Makes the database, and the functions' role with its password; false where the superuser's password is another. */
async function prepared(port: number, name: string, passwords: Passwords): Promise<boolean> {
  const { postgres: password } = passwords;
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
  try {
    await client.connect();
  } catch (error) {
    // invalid_password
    if (error instanceof DatabaseError && error.code === '28P01') return false;
    throw error;
  }
  try {
    const database = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (database.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
    const role = functionsRole(name);
    const found = await client.query('select 1 from pg_roles where rolname = $1', [role]);
    const verb = found.rowCount === 0 ? 'create' : 'alter';
    const [who, given] = [client.escapeIdentifier(role), client.escapeLiteral(passwords[role] ?? '')];
    await client.query(`${verb} role ${who} login password ${given}`);
    return true;
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
