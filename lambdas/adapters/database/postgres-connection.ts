import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { UnavailableError } from '#kit/errors.ts';

/** A connection taken from a pool. Its loss, whenever it happens, is an {@link UnavailableError} of the query that meets it. */
export interface Connection {
  query(sql: string, parameters?: readonly unknown[]): Promise<pg.QueryResult>;
  /** Runs a `COPY ... FROM STDIN` statement with these chunks; resolves to the rows taken. */
  copyIn(statement: string, chunks: AsyncIterable<string>): Promise<number>;
  /**
   * Sends what `ask` begins without waiting for one answer before the next question: several in one round trip. They are
   * done in their order. Throws the first failure when all are answered.
   */
  together<T extends readonly unknown[]>(ask: () => Asked<T>): Promise<T>;
  /** Gives the connection back; `true` drops it instead. A lost one is dropped in any case. */
  release(drop?: boolean): void;
}

/** Questions that are under way, and their answers' types. */
export type Asked<T extends readonly unknown[]> = readonly [...{ [K in keyof T]: Promise<T[K]> }];

/** The server is up but not for us just now. Source: PostgreSQL manual, "Error Codes". */
const unavailable: ReadonlySet<string | undefined> = new Set([
  '08000', // connection_exception
  '08003', // connection_does_not_exist
  '08006', // connection_failure
  '53300', // too_many_connections
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
]);

/** The server can't do it for want of room, and will once there is some; the connection is well. */
const withoutRoom: ReadonlySet<string | undefined> = new Set([
  '53000', // insufficient_resources
  '53100', // disk_full
  '53200', // out_of_memory
]);

/** A row has the key of one that is there. Source: PostgreSQL manual, "Error Codes". */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505';
}

/** Takes a connection. A refusal by the server itself (password, database) is no {@link UnavailableError}. */
export async function takeConnection(pool: pg.Pool): Promise<Connection> {
  try {
    return guarded(await pool.connect());
  } catch (cause) {
    if (cause instanceof pg.DatabaseError && !unavailable.has(cause.code)) throw cause;
    throw new UnavailableError('The database is not reachable', { cause });
  }
}

function guarded(client: pg.PoolClient): Connection {
  let lost: Error | undefined;
  // Without a listener a connection that breaks between two queries ends the process.
  const onError = (error: Error) => {
    lost = error;
  };
  client.on('error', onError);

  async function named<R>(work: Promise<R>): Promise<R> {
    try {
      return await work;
    } catch (cause) {
      // The server's farewell comes before the connection ends.
      if (cause instanceof pg.DatabaseError && unavailable.has(cause.code)) lost ??= cause;
      if (lost) throw new UnavailableError('The connection to the database was lost', { cause });
      if (cause instanceof pg.DatabaseError && withoutRoom.has(cause.code))
        throw new UnavailableError('The database has no room', { cause });
      throw cause;
    }
  }

  return {
    query: (sql, parameters) => named(client.query(parameters ? oneStatement(sql, parameters) : sql)),
    copyIn: (statement, chunks) => named(copyIn(client, statement, chunks)),
    together: (ask) => together(client, ask),
    release(drop) {
      client.off('error', onError);
      client.release(lost ?? drop);
    },
  };
}

async function together<T extends readonly unknown[]>(client: pg.PoolClient, ask: () => Asked<T>): Promise<T> {
  // COPY has no place between others on the way, so a connection sends ahead only here, while nothing else is asked of it.
  const sending = client as { pipeline: boolean };
  sending.pipeline = true;
  try {
    const asked = ask();
    await Promise.allSettled(asked);
    return (await Promise.all(asked)) as unknown as T;
  } finally {
    sending.pipeline = false;
  }
}

async function copyIn(client: pg.PoolClient, statement: string, chunks: AsyncIterable<string>): Promise<number> {
  const target = client.query(copyFrom(statement));
  await pipeline(Readable.from(chunks), target);
  return target.rowCount;
}

/**
 * Begins a statement that a connection plans once and keeps: for what is asked again and again in the same words, where to
 * plan it (over some thirty days of behaviour) takes longer than to run it. Each of its words stays there, so they are few.
 */
export const keptPlan = '/* kept plan */';

/** By its words: the same name never stands for two statements. */
function nameOf(text: string): { readonly name?: string } {
  if (!text.startsWith(keptPlan)) return {};
  return { name: createHash('sha256').update(text).digest('hex').slice(0, 63) };
}

/**
 * By the extended protocol, also without parameters: it takes one statement, so that no text ends the transaction it stands
 * in. node-postgres has the setting (`queryMode`), its types don't.
 */
function oneStatement(text: string, parameters: readonly unknown[]): pg.QueryConfig {
  const config = { text, values: [...parameters], queryMode: 'extended', ...nameOf(text) };
  return config;
}
