import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import type { ErasurePorts } from './ports.ts';
import { holdWriters } from './tombstone-store.ts';
import { userHash } from './user-hash.ts';

/** Erases users in the database and the ledger; the files follow, and are asked for when this is committed. */
export function userErasure(
  database: Database<unknown>,
  {
    key,
    eraseFiles,
  }: {
    readonly key: () => Promise<string>;
    /** Has files of the tenant written anew; one erasure is asked for once. */
    readonly eraseFiles: (tenant: string, erasure: string) => Promise<void>;
  },
): ErasurePorts['erasure'] {
  return {
    async erase(tenant, user) {
      const hash = userHash(await key(), tenant, user);
      const rows = await database.transaction(async (session) => {
        // No behaviour is stored meanwhile: what comes later finds the tombstone.
        await holdWriters(session);
        await sql`
          INSERT INTO recommender.erased_users (tenant_id, user_hash) VALUES (${tenant}, ${hash})
          ON CONFLICT DO NOTHING`.execute(session.query);
        return (await eraseRows(session, tenant, user)) + (await eraseInLedger(session, tenant, user));
      });
      // Also where nothing was left: the message of an erasure before may have got lost with its function.
      await eraseFiles(tenant, `${hash}-${Date.now()}`);
      return rows;
    },
  };
}

/** Deletes from every table that names users: the catalogue lists them, so a new one is not forgotten. */
async function eraseRows<T>({ query }: Session<T>, tenant: string, user: string): Promise<number> {
  const { rows: tables } = await sql<{ name: string }>`
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = 'recommender'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND (SELECT count(*) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname IN ('tenant_id', 'user_id')) = 2
    ORDER BY 1`.execute(query);
  let erased = 0;
  for (const { name } of tables) {
    const { numAffectedRows } = await sql`
      DELETE FROM recommender.${sql.ref(name)} WHERE tenant_id = ${tenant} AND user_id = ${user}`.execute(query);
    erased += Number(numAffectedRows ?? 0);
  }
  return erased;
}

const batchRows = 500;

/** What could not be stored waits in the ledger, and names whose it was. */
async function eraseInLedger<T>({ query }: Session<T>, tenant: string, user: string): Promise<number> {
  let [last, erased] = [0, 0];
  while (true) {
    const { rows } = await sql<{ id: number; input: string }>`
      SELECT id, coalesce(input, '') AS input FROM platform.failures
      WHERE workload = 'recommender' AND id > ${last} ORDER BY id LIMIT ${batchRows}`.execute(query);
    for (const { id } of rows.filter((row) => isAbout(row.input, tenant, user))) {
      await sql`UPDATE platform.failures SET input = '{"erased":true}' WHERE id = ${id}`.execute(query);
      erased += 1;
    }
    last = rows.at(-1)?.id ?? last;
    if (rows.length < batchRows) return erased;
  }
}

/** Whether a record names this user in this tenant. It is kept as base64, and may be broken. */
function isAbout(input: string, tenant: string, user: string): boolean {
  const values = [...input.matchAll(/"(?:value|key)":"([A-Za-z0-9+/=]*)"/g)];
  const text = [input, ...values.map(([, base64 = '']) => Buffer.from(base64, 'base64').toString('utf8'))].join('\n');
  // The key of a record, or both as JSON has them: a name that is part of another is not meant.
  return (
    text.split('\n').includes(`${tenant}:${user}`) ||
    (text.includes(JSON.stringify(user)) && text.includes(JSON.stringify(tenant)))
  );
}
