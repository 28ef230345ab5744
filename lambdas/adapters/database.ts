import { Signer } from '@aws-sdk/rds-signer';
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import pg from 'pg';
import { type Asked, type Connection, takeConnection } from './database/postgres-connection.ts';

/** What a transaction works with: queries and bulk rows on one connection. */
export interface Session<T> {
  readonly query: Kysely<T>;
  /**
   * Runs a `COPY ... FROM STDIN` statement with chunks of PostgreSQL's COPY text format; resolves to the rows taken.
   * Source: PostgreSQL manual, COPY, "File Formats".
   */
  copyIn(statement: string, chunks: AsyncIterable<string>): Promise<number>;
  /** Asks several questions in one round trip: `ask` begins queries, which are done in their order, and no COPY. */
  together<T extends readonly unknown[]>(ask: () => Asked<T>): Promise<T>;
}

/** Begins what a transaction always does first: it goes to the server together with its begin. */
export type Opening<T> = (session: Session<T>) => readonly Promise<unknown>[];

export interface Database<T> {
  readonly query: Kysely<T>;
  /** Commits when `work` resolves, else rolls back and passes the error on. */
  transaction<R>(work: (session: Session<T>) => Promise<R>, opening?: Opening<T>): Promise<R>;
  /** Whether there is a connection, so that a question wakes nothing. */
  isConnected(): boolean;
  close(): Promise<void>;
}

export interface DatabaseSettings {
  /** `postgresql://user@host:port/name`; `?auth=iam` signs in by an IAM token over TLS. */
  readonly url: string;
  /** Asked for the password of the URL's user (the migration's master user) at each connection; over TLS. */
  readonly password?: (() => Promise<string>) | undefined;
  /** One per Lambda: a function instance serves one event at a time, and connections are what a small Aurora lacks. */
  readonly connections?: number;
  /** How long a connection may take. @default 40 s, in which a resting Aurora wakes */
  readonly connectTimeoutMs?: number;
}

// Aurora at rest wakes in 15 to 30 s.
const wakingMs = 40_000;

// Prices and areas are read as numbers: MOI's largest values are far below 2^53, and JSON knows nothing else.
const asNumber = (text: string) => Number(text);
const numberTypes = { int8: 20, numeric: 1700 };
// A date has no zone; node-postgres would make it midnight of the machine's.
const dateType = 1082;

/** Opens PostgreSQL on first use. A server that is away, or goes away, is an UnavailableError. */
export function openDatabase<T>(settings: DatabaseSettings): Database<T> {
  const pool = new pg.Pool({ ...connectionOf(settings), types: { getTypeParser } });
  // An idle connection that breaks (Aurora paused, server restarted) is replaced by the pool on next use.
  pool.on('error', () => undefined);
  return {
    query: new Kysely<T>({ dialect: new PostgresDialect({ pool: poolOf(() => takeConnection(pool)) }) }),
    transaction: (work, opening) => inTransaction(pool, work, opening),
    isConnected: () => pool.totalCount > 0,
    close: () => pool.end(),
  };
}

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === numberTypes.int8 || oid === numberTypes.numeric) return asNumber;
  if (oid === dateType) return (text: string) => text;
  return format === 'binary' ? pg.types.getTypeParser(oid, format) : pg.types.getTypeParser(oid, 'text');
}

function connectionOf({
  url,
  password,
  connections = 1,
  connectTimeoutMs = wakingMs,
}: DatabaseSettings): pg.PoolConfig {
  const address = new URL(url);
  const host = address.hostname;
  const port = Number(address.port || 5432);
  const user = decodeURIComponent(address.username);
  const common = {
    host,
    port,
    database: address.pathname.slice(1),
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
  };
  if (password) return { ...common, user, ssl: { rejectUnauthorized: true }, password };
  if (address.searchParams.get('auth') === 'iam') {
    const signer = new Signer({ hostname: host, port, username: user });
    return { ...common, user, ssl: { rejectUnauthorized: true }, password: () => signer.getAuthToken() };
  }
  return { ...common, user, password: decodeURIComponent(address.password) };
}

/** What kysely needs of a pool. */
function poolOf(connect: () => Promise<Connection>): PostgresPool {
  return { options: {}, connect: connect as () => Promise<never>, end: async () => undefined };
}

async function inTransaction<T, R>(
  pool: pg.Pool,
  work: (session: Session<T>) => Promise<R>,
  opening: Opening<T> = () => [],
): Promise<R> {
  const connection = await takeConnection(pool);
  let sound = true;
  try {
    const session = sessionOn<T>(connection);
    await connection.together(() => [connection.query('BEGIN'), ...opening(session)]);
    const result = await work(session);
    await commit(connection);
    return result;
  } catch (error) {
    sound = await rollback(connection);
    throw error;
  } finally {
    connection.release(!sound);
  }
}

function sessionOn<T>(connection: Connection): Session<T> {
  // Kysely gives its connection back after each query; this one stays ours until the transaction ends.
  const borrowed = { ...connection, release: () => undefined };
  return {
    query: new Kysely<T>({ dialect: new PostgresDialect({ pool: poolOf(async () => borrowed) }) }),
    copyIn: (statement, chunks) => connection.copyIn(statement, chunks),
    together: (ask) => connection.together(ask),
  };
}

/** PostgreSQL answers COMMIT with a rollback when a query failed before, even if the work went on as if it hadn't. */
async function commit(connection: Connection): Promise<void> {
  const { command } = await connection.query('COMMIT');
  if (command !== 'COMMIT') throw new Error('The transaction was rolled back: one of its queries had failed');
}

/** A connection that can't roll back is dropped, and the server undoes its transaction. */
async function rollback(connection: Connection): Promise<boolean> {
  try {
    await connection.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}
