import { sql } from 'kysely';
import { openDatabase } from '../database.ts';
import type { Finding } from './finding.ts';

// The connection is given up together with the look at it.
const connectTimeoutMs = 2000;

/** Signs in by a connection of its own, so that a stuck one of before says nothing. A paused Aurora counts as away. */
export async function probeDatabase(url: string): Promise<Finding> {
  const database = openDatabase<unknown>({ url, connectTimeoutMs });
  try {
    const { rows } = await sql<{ server_version: string }>`show server_version`.execute(database.query);
    return { version: rows[0] && `PostgreSQL ${rows[0].server_version}` };
  } finally {
    await database.close();
  }
}
