import { sql } from 'kysely';
import { openDatabase } from '#adapters/database.ts';
import type { Dependency } from './check-dependencies.ts';

// The connection is given up together with the look at it.
const connectTimeoutMs = 2000;

// One page of a terminal; there are some platforms, not hundreds.
const mostSites = 50;

/**
 * The sites that work waits for now, of whichever workload: those that were asked and didn't answer, or refused, so that
 * nothing is asked of them for a while, and those that a person has stopped. By a connection of its own.
 */
export async function silentSites(url: string): Promise<readonly Dependency[]> {
  const database = openDatabase<unknown>({ url, connectTimeoutMs });
  try {
    const { rows } = await sql<{ name: string; state: string; reason: string | null; until: Date | null }>`
      SELECT name, state, reason, until FROM platform.sites WHERE state <> 'closed' ORDER BY name LIMIT ${mostSites}
    `.execute(database.query);
    return rows.map(({ name, state, reason, until }) => ({
      kind: 'site',
      name,
      required: false,
      without: 'What asks it waits, and goes on once it answers.',
      probe: async () => {
        const why = reason ?? state;
        throw new Error(until === null ? `Stopped: ${why}` : `${why}; asked again from ${until.toISOString()}`);
      },
    }));
  } finally {
    await database.close();
  }
}
