import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Signer } from '@aws-sdk/rds-signer';
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { UnavailableError } from '#kit/errors.ts';
import { secretText } from './secrets.ts';

/** What a transaction works with: queries and bulk rows on one connection. */
export interface Session<T> {
  readonly query: Kysely<T>;
  /**
   * Runs a `COPY ... FROM STDIN` statement with chunks of PostgreSQL's COPY text format; resolves to the rows taken.
   * Source: PostgreSQL manual, COPY, "File Formats".
   */
  copyIn(statement: string, chunks: AsyncIterable<string>): Promise<number>;
}

export interface Database<T> {
  readonly query: Kysely<T>;
  /** Commits when `work` resolves, else rolls back and passes the error on. */
  transaction<R>(work: (session: Session<T>) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

export interface DatabaseSettings {
  /** `postgresql://user@host:port/name`; `?auth=iam` signs in by an IAM token over TLS. */
  readonly url: string;
  /** ARN of a secret with `username` and `password` that replaces the URL's user (the migration's master user). */
  readonly secretArn?: string | undefined;
  /** One per Lambda: a function instance serves one event at a time, and connections are what a small Aurora lacks. */
  readonly connections?: number;
}

// Aurora at rest wakes in 15 to 30 s.
const connectTimeoutMs = 40_000;

// Prices and areas are read as numbers: MOI's largest values are far below 2^53, and JSON knows nothing else.
const asNumber = (text: string) => Number(text);
const numberTypes = { int8: 20, numeric: 1700 };
// A date has no zone; node-postgres would make it midnight of the machine's.
const dateType = 1082;

/** Opens PostgreSQL on first use. Connection failures become {@link UnavailableError}. */
export function openDatabase<T>(settings: DatabaseSettings): Database<T> {
  const pool = new pg.Pool({ ...connectionOf(settings), types: { getTypeParser } });
  // An idle connection that breaks (Aurora paused, server restarted) is replaced by the pool on next use.
  pool.on('error', () => undefined);
  const reachable = reachablePool(pool);
  return {
    query: new Kysely<T>({ dialect: new PostgresDialect({ pool: reachable }) }),
    transaction: (work) => inTransaction(reachable, work),
    close: () => pool.end(),
  };
}

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === numberTypes.int8 || oid === numberTypes.numeric) return asNumber;
  if (oid === dateType) return (text: string) => text;
  return format === 'binary' ? pg.types.getTypeParser(oid, format) : pg.types.getTypeParser(oid, 'text');
}

function connectionOf({ url, secretArn, connections = 1 }: DatabaseSettings): pg.PoolConfig {
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
  if (secretArn !== undefined) {
    // The master user's name is part of the secret; a cluster's is fixed when it is made.
    return { ...common, user, ssl: { rejectUnauthorized: true }, password: () => passwordOf(secretArn) };
  }
  if (address.searchParams.get('auth') === 'iam') {
    const signer = new Signer({ hostname: host, port, username: user });
    return { ...common, user, ssl: { rejectUnauthorized: true }, password: () => signer.getAuthToken() };
  }
  return { ...common, user, password: decodeURIComponent(address.password) };
}

async function passwordOf(secretArn: string): Promise<string> {
  const { password } = JSON.parse(await secretText(secretArn)) as { password: string };
  return password;
}

/** The pool with its failures to connect named for what happens next. */
function reachablePool(pool: pg.Pool): PostgresPool & { connect(): Promise<pg.PoolClient> } {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      try {
        return await pool.connect();
      } catch (cause) {
        throw new UnavailableError('The database is not reachable', { cause });
      }
    },
  };
}

async function inTransaction<T, R>(
  pool: { connect(): Promise<pg.PoolClient> },
  work: (session: Session<T>) => Promise<R>,
): Promise<R> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work({
      query: queriesOn(client),
      copyIn: (statement, chunks) => copyIn(client, statement, chunks),
    });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken = await rollback(client);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** A connection that can't roll back is dropped, and the server undoes its transaction. */
async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Kysely over one connection that stays ours. */
function queriesOn<T>(client: pg.PoolClient): Kysely<T> {
  const borrowed = { query: client.query.bind(client), release: () => undefined } as unknown as pg.PoolClient;
  const pool: PostgresPool = { options: {}, connect: async () => borrowed as never, end: async () => undefined };
  return new Kysely<T>({ dialect: new PostgresDialect({ pool }) });
}

async function copyIn(client: pg.PoolClient, statement: string, chunks: AsyncIterable<string>): Promise<number> {
  const target = client.query(copyFrom(statement));
  await pipeline(Readable.from(chunks), target);
  return target.rowCount;
}
