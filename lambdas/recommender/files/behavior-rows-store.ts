import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { TransientError } from '#kit/errors.ts';
import { erasedAmong } from '../erasure/tombstone-store.ts';
import { userHash } from '../erasure/user-hash.ts';
import { behaviorColumns, type FileColumns, type FileRow, segmentColumns, userColumn } from './columns.ts';
import type { FilePorts } from './write-files.ts';

// A row group of a file; beside it some megabytes of memory.
const batchRows = 20_000;

type Row = Readonly<Record<string, string | number | null>>;
type Within = Pick<Database<unknown>, 'query'>;

/** A tenant's days as the database keeps them, by event. */
export function behaviorRows({ query }: Within): FilePorts['rowsOf'] {
  return async (tenant, day) => {
    return (await isKept({ query }, day)) ? batchesOf({ query }, tenant, day) : undefined;
  };
}

async function isKept({ query }: Within, day: string): Promise<boolean> {
  const { rows } = await sql<{ kept: boolean }>`
    SELECT EXISTS (SELECT FROM recommender.days_of('behaviors') AS days (day) WHERE day = ${day}::date) AS kept`.execute(
    query,
  );
  return rows[0]?.kept ?? false;
}

async function* batchesOf({ query }: Within, tenant: string, day: string): AsyncGenerator<readonly FileRow[]> {
  yield* byEvent({ query }, sql`recommender.behaviors WHERE tenant_id = ${tenant} AND day = ${day}::date`);
  if (!(await isKept({ query }, day))) throw leftMeanwhile(day);
}

/** What came too late to a tenant on a day, by event. */
export function lateRows({ query }: Within): FilePorts['lateRowsOf'] {
  return async (tenant, day) => {
    const begin = sql`${`${day}T00:00:00Z`}::timestamptz`;
    const wanted = sql`recommender.late_behaviors
      WHERE tenant_id = ${tenant} AND received_at >= ${begin} AND received_at < ${begin} + interval '1 day'`;
    const isThere = async () => (await sql`SELECT FROM ${wanted} LIMIT 1`.execute(query)).rows.length > 0;
    async function* rows() {
      yield* byEvent({ query }, wanted);
      if (!(await isThere())) throw leftMeanwhile(day);
    }
    return (await isThere()) ? rows() : undefined;
  };
}

/** A day that is dropped while it is read seems to end there: its file, which has all of it, must stay. */
function leftMeanwhile(day: string): TransientError {
  return new TransientError(`${day} left the database while it was read`);
}

/** Rows of behaviour in the order of their events, some at a time. */
async function* byEvent({ query }: Within, wanted: RawBuilder<unknown>): AsyncGenerator<readonly FileRow[]> {
  let [event, part] = ['', -1];
  while (true) {
    const { rows } = await sql<Row>`
      SELECT tenant_id, scenario_id, user_id, item_id, action, ${micros(sql.ref('at'))} AS at, event_id, part, request_id, strategy,
        slot, model_id, experiment_id, experiment_group, session_id, device, os, location, extra::text AS extra,
        duration, completion_rate, ${micros(sql.ref('received_at'))} AS received_at
      FROM ${wanted} AND (event_id, part) > (${event}, ${part}::smallint)
      ORDER BY event_id, part LIMIT ${batchRows}`.execute(query);
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map((row) => fileRow(behaviorColumns, row));
    [event, part] = [String(last.event_id), Number(last.part)];
  }
}

/** How active the users of a tenant are, by scenario and user. */
export function segmentRows({ query }: Within): FilePorts['segmentsOf'] {
  return async function* (tenant) {
    let [user, scenario] = ['', ''];
    while (true) {
      const { rows } = await sql<Row>`
        SELECT tenant_id, scenario_id, user_id, segment FROM recommender.profiles
        WHERE tenant_id = ${tenant} AND (user_id, scenario_id) > (${user}, ${scenario})
        ORDER BY user_id, scenario_id LIMIT ${batchRows}`.execute(query);
      const last = rows.at(-1);
      if (!last) return;
      yield rows.map((row) => fileRow(segmentColumns, row));
      [user, scenario] = [String(last.user_id), String(last.scenario_id)];
    }
  };
}

/** Microseconds since 1970, exactly. */
const micros = (column: RawBuilder<unknown>) => sql`(extract(epoch FROM ${column}) * 1000000)::bigint`;

function fileRow(columns: FileColumns, row: Row): FileRow {
  return columns.map(({ name, type }) => {
    const value = row[name] ?? null;
    return type === 'instant' && value !== null ? BigInt(value) : value;
  });
}

/** Puts rows of a file back into a day that the database has again; each batch is a transaction. */
export function rowsRestorer(
  { transaction }: Pick<Database<unknown>, 'transaction'>,
  key: () => Promise<string>,
): FilePorts['restore'] {
  const place = userColumn(behaviorColumns);
  return async (tenant, day, batches) => {
    const secret = await key();
    const hashOf = (row: FileRow) => userHash(secret, tenant, String(row[place]));
    for await (const batch of batches) {
      await transaction(async (session) => {
        const erased = await erasedAmong(session, batch.map(hashOf));
        const rows = batch.filter((row) => !erased.has(hashOf(row))).map(recordOf);
        await sql`
          INSERT INTO recommender.behaviors (tenant_id, scenario_id, user_id, item_id, action, at, day, event_id, part, request_id,
            strategy, slot, model_id, experiment_id, experiment_group, session_id, device, os, location, extra, duration,
            completion_rate, received_at)
          SELECT tenant_id, scenario_id, user_id, item_id, action, ${moment(sql.ref('at'))}, ${day}::date, event_id, part, request_id,
            strategy, slot, model_id, experiment_id, experiment_group, session_id, device, os, location, extra::jsonb, duration,
            completion_rate, ${moment(sql.ref('received_at'))}
          FROM json_to_recordset(${JSON.stringify(rows)}::json) AS kept (tenant_id text, scenario_id text, user_id text,
            item_id text, action text, at bigint, event_id text, part smallint, request_id uuid, strategy text, slot integer,
            model_id uuid, experiment_id text, experiment_group text, session_id text, device text, os text, location text,
            extra text, duration double precision, completion_rate double precision, received_at bigint)
          WHERE tenant_id = ${tenant}
          ON CONFLICT DO NOTHING`.execute(session.query);
      });
    }
  };
}

const moment = (column: RawBuilder<unknown>) => sql`'epoch'::timestamptz + ${column} * interval '1 microsecond'`;

function recordOf(row: FileRow): Record<string, unknown> {
  return Object.fromEntries(
    behaviorColumns.map(({ name }, place) => {
      const value = row[place];
      return [name, typeof value === 'bigint' ? String(value) : value];
    }),
  );
}

/** Tells who was erased among a tenant's users, by their keyed hashes. */
export function erasedUsers({ query }: Within, key: () => Promise<string>): FilePorts['erasedIn'] {
  return async (tenant) => {
    const { rows } = await sql<{ user_hash: string }>`
      SELECT user_hash FROM recommender.erased_users WHERE tenant_id = ${tenant}`.execute(query);
    const hashes = new Set(rows.map(({ user_hash }) => user_hash));
    const secret = await key();
    return (user) => hashes.has(userHash(secret, tenant, user));
  };
}
