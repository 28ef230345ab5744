import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { TransientError } from '#kit/errors.ts';
import { userHash } from '../erasure/user-hash.ts';
import { type BehaviorFileRow, behaviorColumns } from './columns.ts';
import type { FilePorts } from './write-files.ts';

// A row group of a file; beside it some megabytes of memory.
const batchRows = 20_000;

type Row = Readonly<Record<(typeof behaviorColumns)[number]['name'], string | number | null>>;

/** A tenant's days as the database keeps them, by event. */
export function behaviorRows({ query }: Database<unknown>): FilePorts['rowsOf'] {
  return async (tenant, day) => {
    return (await isKept({ query }, day)) ? batchesOf({ query }, tenant, day) : undefined;
  };
}

async function isKept({ query }: Pick<Database<unknown>, 'query'>, day: string): Promise<boolean> {
  const { rows } = await sql<{ kept: boolean }>`
    SELECT EXISTS (SELECT FROM recommender.days_of('behaviors') AS days (day) WHERE day = ${day}::date) AS kept`.execute(
    query,
  );
  return rows[0]?.kept ?? false;
}

async function* batchesOf(
  { query }: Pick<Database<unknown>, 'query'>,
  tenant: string,
  day: string,
): AsyncGenerator<readonly BehaviorFileRow[]> {
  let [event, part] = ['', -1];
  while (true) {
    const { rows } = await sql<Row>`
      SELECT tenant_id, scenario_id, user_id, item_id, action, ${micros(sql.ref('at'))} AS at, event_id, part, request_id, strategy,
        slot, model_id, experiment_id, experiment_group, session_id, device, os, location, extra::text AS extra,
        duration, completion_rate, ${micros(sql.ref('received_at'))} AS received_at
      FROM recommender.behaviors
      WHERE tenant_id = ${tenant} AND day = ${day}::date AND (event_id, part) > (${event}, ${part}::smallint)
      ORDER BY event_id, part LIMIT ${batchRows}`.execute(query);
    const last = rows.at(-1);
    if (!last) break;
    yield rows.map(fileRow);
    [event, part] = [String(last.event_id), Number(last.part)];
  }
  // A day that is dropped meanwhile seems to end here: its file, which has all of it, must stay.
  if (!(await isKept({ query }, day))) throw new TransientError(`${day} left the database while it was read`);
}

/** Microseconds since 1970, exactly. */
const micros = (column: RawBuilder<unknown>) => sql`(extract(epoch FROM ${column}) * 1000000)::bigint`;

function fileRow(row: Row): BehaviorFileRow {
  return behaviorColumns.map(({ name, type }) => {
    const value = row[name];
    return type === 'instant' && value !== null ? BigInt(value) : value;
  });
}

/** Tells who was erased among a tenant's users, by their keyed hashes. */
export function erasedUsers({ query }: Database<unknown>, key: () => Promise<string>): FilePorts['erasedIn'] {
  return async (tenant) => {
    const { rows } = await sql<{ user_hash: string }>`
      SELECT user_hash FROM recommender.erased_users WHERE tenant_id = ${tenant}`.execute(query);
    const hashes = new Set(rows.map(({ user_hash }) => user_hash));
    const secret = await key();
    return (user) => hashes.has(userHash(secret, tenant, user));
  };
}
