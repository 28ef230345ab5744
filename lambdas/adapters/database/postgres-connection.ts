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
  /** Gives it back; `true` drops it instead. One that was lost is dropped in any case. */
  release(drop?: boolean): void;
}

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

/** Takes a connection. What the server itself refuses (password, database) is no {@link UnavailableError}. */
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
      throw cause;
    }
  }

  return {
    query: (sql, parameters) => named(client.query(parameters ? oneStatement(sql, parameters) : sql)),
    copyIn: (statement, chunks) => named(copyIn(client, statement, chunks)),
    release(drop) {
      client.off('error', onError);
      client.release(lost ?? drop);
    },
  };
}

async function copyIn(client: pg.PoolClient, statement: string, chunks: AsyncIterable<string>): Promise<number> {
  const target = client.query(copyFrom(statement));
  await pipeline(Readable.from(chunks), target);
  return target.rowCount;
}

/**
 * By the extended protocol, also without parameters: it takes one statement, so that no text ends the transaction it stands
 * in. node-postgres has the setting (`queryMode`), its types don't.
 */
function oneStatement(text: string, parameters: readonly unknown[]): pg.QueryConfig {
  const config = { text, values: [...parameters], queryMode: 'extended' };
  return config;
}
