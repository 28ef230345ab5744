import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import { copyLine } from '#kit/text/copy-text.ts';
import { countStream } from '#record/stream-counts.ts';
import { erasedAmong } from '../erasure/tombstone-store.ts';
import { userHash } from '../erasure/user-hash.ts';
import { dayMaker } from './days-store.ts';
import { type BehaviorRow, dayOf, latestDays } from './rows.ts';

/** What became of rows: in = stored + late + repeated. */
export interface BehaviorCounts {
  readonly stored: number;
  readonly late: number;
  /** Were there already. */
  readonly repeated: number;
}

export interface ArrivedRows {
  readonly timely: readonly BehaviorRow[];
  readonly late: readonly BehaviorRow[];
}

/** Stores what came, except from erased users, who are known by their hashes alone. */
export function behaviorStore(
  database: Database<unknown>,
  key: () => Promise<string>,
): (rows: ArrivedRows) => Promise<BehaviorCounts & { readonly erased: number }> {
  const makeDays = dayMaker(database, 'behaviors');
  return async ({ timely, late }) => {
    await makeDays(timely.map(({ day }) => day));
    const secret = await key();
    const hashOf = ({ tenant_id, user_id }: BehaviorRow) => userHash(secret, tenant_id, user_id);
    return database.transaction(async (session) => {
      const erased = await erasedAmong(session, [...timely, ...late].map(hashOf));
      const known = (rows: readonly BehaviorRow[]) => rows.filter((row) => !erased.has(hashOf(row)));
      const kept = { timely: known(timely), late: known(late) };
      const dropped = timely.length + late.length - kept.timely.length - kept.late.length;
      const counts = await storeBehavior(session, kept);
      await countStream(session.query, {
        workload: 'recommender',
        source: 'store-behaviors',
        out: counts.stored,
        filtered: counts.late + counts.repeated + dropped,
      });
      return { ...counts, erased: dropped };
    });
  };
}

const columns = [
  'tenant_id',
  'scenario_id',
  'user_id',
  'item_id',
  'action',
  'at',
  'day',
  'event_id',
  'part',
  'request_id',
  'slot',
  'experiment_id',
  'experiment_group',
  'session_id',
  'device',
  'os',
  'location',
  'extra',
  'duration',
  'completion_rate',
  'received_at',
] as const satisfies readonly (keyof BehaviorRow)[];

/**
 * Stores behaviour once, whatever comes twice, joined to the answer that led to it. Unknown users and items
 * are made; the items wait, inactive, for their content.
 */
async function storeBehavior<T>(session: Session<T>, { timely, late }: ArrivedRows): Promise<BehaviorCounts> {
  const { query } = session;
  await sql`CREATE TEMPORARY TABLE incoming (LIKE recommender.behaviors) ON COMMIT DROP`.execute(query);
  await copy(session, timely);
  // A new table's size is not known, and what is joined to it would be read as a whole.
  await sql`ANALYZE incoming`.execute(query);
  await attribute(session);
  const stored = await insert(session, timely);
  await sql`TRUNCATE incoming`.execute(query);
  await copy(session, late);
  const kept = await insertLate(session);
  await sql`DROP TABLE incoming`.execute(query);
  return { stored, late: kept, repeated: timely.length + late.length - stored - kept };
}

async function copy<T>({ copyIn }: Session<T>, rows: readonly BehaviorRow[]): Promise<void> {
  if (rows.length === 0) return;
  async function* chunks(): AsyncGenerator<string> {
    yield rows.map((row) => copyLine(columns.map((column) => row[column]))).join('');
  }
  await copyIn(`COPY incoming (${columns.join(', ')}) FROM STDIN`, chunks());
}

/**
 * By the answer that an event names, exactly; without one by the newest answer of that user that held the item within
 * the day before.
 */
async function attribute<T>({ query }: Session<T>): Promise<void> {
  const joined = sql`
    strategy = led.strategy, slot = coalesce(led.slot, b.slot), model_id = led.model_id,
    experiment_id = coalesce(led.experiment_id, b.experiment_id),
    experiment_group = coalesce(led.experiment_group, b.experiment_group)`;
  const held = sql`
    CROSS JOIN LATERAL jsonb_to_recordset(a.items) AS held (item_id text, strategy text, slot integer)`;
  await sql`
    UPDATE incoming AS b SET ${joined}
    FROM (
      SELECT a.tenant_id, a.scenario_id, a.request_id, a.model_id, a.experiment_id, a.experiment_group, held.*
      FROM recommender.answers AS a ${held}
      WHERE (a.tenant_id, a.request_id) IN (SELECT tenant_id, request_id FROM incoming WHERE request_id IS NOT NULL)
    ) AS led
    WHERE (b.tenant_id, b.scenario_id, b.request_id, b.item_id)
      = (led.tenant_id, led.scenario_id, led.request_id, led.item_id)`.execute(query);
  await sql`
    UPDATE incoming AS b SET request_id = led.request_id, ${joined}
    FROM incoming AS own CROSS JOIN LATERAL (
      SELECT a.request_id, a.model_id, a.experiment_id, a.experiment_group, held.strategy, held.slot
      FROM recommender.answers AS a ${held}
      WHERE a.tenant_id = own.tenant_id AND a.scenario_id = own.scenario_id AND a.user_id = own.user_id
        AND a.asked_at <= own.at AND a.asked_at > own.at - interval '1 day'
        AND a.day BETWEEN own.day - 1 AND own.day
        AND held.item_id = own.item_id
      ORDER BY a.asked_at DESC LIMIT 1
    ) AS led
    WHERE own.request_id IS NULL
      AND (b.tenant_id, b.event_id, b.part, b.day) = (own.tenant_id, own.event_id, own.part, own.day)`.execute(query);
}

/** A sender that tries again may say another time, and so another day: an event is known in all days it can be in. */
async function insert<T>({ query }: Session<T>, timely: readonly BehaviorRow[]): Promise<number> {
  const days = spanOf(timely);
  const { rows } = await sql<{ stored: number }>`
    WITH newest AS (
      SELECT DISTINCT ON (tenant_id, event_id, part) * FROM incoming AS i
      WHERE NOT EXISTS (
        SELECT FROM recommender.behaviors AS b
        WHERE b.tenant_id = i.tenant_id AND b.event_id = i.event_id AND b.part = i.part
          AND b.day BETWEEN ${days.first}::date - ${daysApart}::integer AND ${days.last}::date + ${daysApart}::integer)
      ORDER BY tenant_id, event_id, part, at
    ), written AS (
      INSERT INTO recommender.behaviors SELECT * FROM newest ON CONFLICT DO NOTHING
      RETURNING tenant_id, scenario_id, user_id, item_id, at
    ), seen AS (
      INSERT INTO recommender.users AS u (tenant_id, user_id, first_at, last_at)
      SELECT tenant_id, user_id, min(at), max(at) FROM written GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT (tenant_id, user_id) DO UPDATE
        SET first_at = least(u.first_at, excluded.first_at), last_at = greatest(u.last_at, excluded.last_at)
        WHERE excluded.first_at < u.first_at OR excluded.last_at > u.last_at
    ), waiting AS (
      -- Older than any message, so that whatever comes is newer.
      INSERT INTO recommender.items (tenant_id, scenario_id, item_id, status, message_time, message_offset, updated_at)
      SELECT tenant_id, scenario_id, item_id, 'inactive', to_timestamp(0), -1, now()
      FROM (SELECT DISTINCT tenant_id, scenario_id, item_id FROM written) AS named
      WHERE NOT EXISTS (
        SELECT FROM recommender.items AS known
        WHERE (known.tenant_id, known.scenario_id, known.item_id) = (named.tenant_id, named.scenario_id, named.item_id))
      ORDER BY 1, 2, 3
      ON CONFLICT DO NOTHING
    )
    SELECT count(*) AS stored FROM written`.execute(query);
  return rows[0]?.stored ?? 0;
}

// From the oldest that is in time to the one furthest ahead.
const daysApart = latestDays + 2;

function spanOf(rows: readonly BehaviorRow[]): { readonly first: string; readonly last: string } {
  const days = rows.map(({ day }) => day).sort();
  const [first = dayOf(new Date()), last = first] = [days[0], days.at(-1)];
  return { first, last };
}

async function insertLate<T>({ query }: Session<T>): Promise<number> {
  const { rows } = await sql<{ stored: number }>`
    WITH written AS (
      INSERT INTO recommender.late_behaviors
      SELECT DISTINCT ON (tenant_id, event_id, part) * FROM incoming AS i
      -- One that was in time when it came first.
      WHERE NOT EXISTS (
        SELECT FROM recommender.behaviors AS b
        WHERE (b.tenant_id, b.event_id, b.part, b.day) = (i.tenant_id, i.event_id, i.part, i.day))
      ORDER BY tenant_id, event_id, part, at
      ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT count(*) AS stored FROM written`.execute(query);
  return rows[0]?.stored ?? 0;
}
