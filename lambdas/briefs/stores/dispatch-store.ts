import { type QueryExecutorProvider, sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import { type PoliteTurn, returnTurns, takeTurns, turnsUnderWay } from '#adapters/turns/polite-turns.ts';
import { siteOf } from '../collect/platform-state.ts';
import type { AllPlatformSettings, PlatformSettings } from '../collect/settings.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { Cursor } from '../platforms/platform.ts';
import { openRunsOf } from './run-records-store.ts';

/** A call whose turn has been given. */
export interface TakenCall {
  readonly id: number;
  readonly attempt: number;
  readonly briefUuid: string | undefined;
  readonly platform: PlatformName;
  readonly kind: 'search' | 'user' | 'note' | 'probe';
  readonly keyword: string | undefined;
  readonly page: number | undefined;
  readonly cursor: Cursor | undefined;
  readonly subject: string | undefined;
  readonly fromDay: string | undefined;
  readonly toDay: string | undefined;
  /** When it may be asked: how all workers together keep the platform's pace. */
  readonly turnAt: Date;
  readonly turnId: number;
  /** Whether its task, stage or brief has not begun before it. */
  readonly begins: boolean;
}

/** SQS holds a message back for a quarter of an hour at most; a turn after that is given later. */
const longestDelayMs = 15 * 60 * 1000;

export interface DispatchOptions {
  readonly settings: AllPlatformSettings;
  readonly now: Date;
  /** How long a call may take beyond its turn before it is given back. */
  readonly leaseMs: number;
}

/**
 * Takes the calls that may be made now, of all platforms: within each one's concurrency, pace, state and budgets, the
 * briefs by turns. What is taken is leased; its message is for the caller to send.
 */
export async function takeCalls<T>(
  database: Pick<Database<T>, 'query' | 'transaction'>,
  options: DispatchOptions,
): Promise<readonly TakenCall[]> {
  const { rows } = await sql<{ platform: PlatformName; due: number }>`
    SELECT platform, count(*) AS due FROM briefs.calls
    WHERE state = 'waiting' AND NOT reread AND due_at <= ${options.now} GROUP BY 1 ORDER BY 1`.execute(database.query);
  const sites = rows.map(({ platform }) => siteOf(platform));
  const underWay = await turnsUnderWay(database, sites, options.now);
  const taken: TakenCall[] = [];
  for (const { platform, due } of rows) {
    const own = options.settings[platform];
    if (own.driver === 'off' || !isWorthTaking({ due, underWay: underWay.get(siteOf(platform)) ?? 0, own })) continue;
    taken.push(...(await database.transaction((session) => takeOf(session, { ...options, platform, own }))));
  }
  return taken;
}

/** Of all that may be under way at once. */
const leastFree = 1 / 4;

/**
 * Whether enough calls may be made now: giving turns costs the same for one call as for many. Each call that ends gives
 * turns afterwards, so the few that wait beside many are not forgotten.
 */
function isWorthTaking({ due, underWay, own }: { due: number; underWay: number; own: PlatformSettings }): boolean {
  const free = own.concurrency - underWay;
  return underWay === 0 || free >= Math.min(due, Math.ceil(own.concurrency * leastFree));
}

interface Taking extends DispatchOptions {
  readonly platform: PlatformName;
  readonly own: PlatformSettings;
}

async function takeOf<T>(session: Session<T>, taking: Taking): Promise<readonly TakenCall[]> {
  const { platform, own, now, leaseMs } = taking;
  const turns = await takeTurns(session, {
    site: siteOf(platform),
    manners: { atOnce: own.concurrency, gapMs: 1000 / own.requestsPerSecond, leaseMs },
    most: await countDue(session, taking),
    aheadMs: longestDelayMs,
    now,
  });
  const calls = turns.length === 0 ? [] : await mark(session, taking, turns);
  const used = new Set(calls.map(({ turnId }) => turnId));
  await returnTurns(
    session,
    turns.map(({ id }) => id).filter((id) => !used.has(id)),
  );
  return calls;
}

async function countDue<T>({ query }: Session<T>, { platform, own, now }: Taking): Promise<number> {
  const { rows } = await sql<{ due: number }>`
    SELECT count(*) AS due FROM (
      SELECT FROM briefs.calls
      WHERE platform = ${platform} AND state = 'waiting' AND NOT reread AND due_at <= ${now}
      LIMIT ${own.concurrency}) AS at_hand`.execute(query);
  return rows[0]?.due ?? 0;
}

/**
 * Gives turns to the calls that are due, none beyond its budget: probes first, then the briefs one after the other, each
 * with its searches before its details.
 */
async function mark<T>({ query }: Session<T>, taking: Taking, turns: readonly PoliteTurn[]): Promise<TakenCall[]> {
  const { platform, own, now, leaseMs } = taking;
  const { rows } = await sql<Row>`
    WITH ${affordable(taking)},
    free AS (
      -- A call that is being cancelled or deleted is skipped: that transaction may wait for what this one holds.
      SELECT id FROM briefs.calls
      WHERE id = ANY(ARRAY(SELECT id FROM affordable WHERE place <= ${turns.length})) AND state = 'waiting'
      FOR UPDATE SKIP LOCKED),
    given AS (
      SELECT id, turn_id, turn_at
      FROM (SELECT id, row_number() OVER (ORDER BY place) AS place FROM affordable JOIN free USING (id)) AS in_order
      JOIN unnest(${turns.map(({ id }) => id)}::bigint[], ${turns.map(({ at }) => at)}::timestamptz[])
        WITH ORDINALITY AS turn (turn_id, turn_at, place) USING (place))
    UPDATE briefs.calls AS call
    SET state = 'sent', attempts = attempts + 1, sent_at = ${now}, cost_usd = cost_usd + ${own.pricePerCall}::numeric,
      turn_id = given.turn_id, lease_until = given.turn_at + ${leaseMs} * interval '1 millisecond'
    FROM given
    WHERE call.id = given.id
    RETURNING call.id, call.attempts, call.brief_uuid, call.kind, call.page, call.cursor, call.subject,
      given.turn_id, given.turn_at,
      (SELECT keyword FROM briefs.tasks WHERE uuid = call.task_uuid) AS keyword,
      (SELECT from_day FROM briefs.stages WHERE uuid = call.stage_uuid) AS from_day,
      (SELECT to_day FROM briefs.stages WHERE uuid = call.stage_uuid) AS to_day,
      (EXISTS (SELECT FROM briefs.tasks WHERE uuid = call.task_uuid AND state = 'queued')
        OR EXISTS (SELECT FROM briefs.stages WHERE uuid = call.stage_uuid AND state = 'queued')
        OR EXISTS (SELECT FROM briefs.briefs WHERE uuid = call.brief_uuid AND state = 'queued')) AS begins`.execute(
    query,
  );
  return rows.map((row) => takenCall(row, platform));
}

/** The calls that are due and that a budget has money for, in the order of their turns. */
function affordable({ platform, own, now }: Taking) {
  const price = sql`${own.pricePerCall}::numeric`;
  return sql`
    ${own.pricePerCall === 0 ? nothingSpent : spending({ platform, now })},
    due AS (
      SELECT waiting.id, row_number() OVER (PARTITION BY waiting.brief_uuid
          ORDER BY waiting.kind <> 'search', waiting.due_at, waiting.id) AS turn,
        coalesce(spent.cost, 0) AS spent, waiting.kind = 'probe' AS is_probe
      FROM briefs.calls AS waiting LEFT JOIN spent USING (brief_uuid)
      WHERE waiting.platform = ${platform} AND waiting.state = 'waiting' AND NOT waiting.reread
        AND waiting.due_at <= ${now}),
    within_brief AS (
      SELECT id, row_number() OVER (ORDER BY is_probe DESC, turn, id) AS place FROM due
      WHERE ${price} = 0 OR is_probe OR spent + turn * ${price} <= ${own.budgetPerBrief}::numeric),
    affordable AS (
      SELECT id, place FROM within_brief CROSS JOIN today
      WHERE ${price} = 0 OR today.cost + place * ${price} <= ${own.budgetPerDay}::numeric)`;
}

/** Free calls are not added up. */
const nothingSpent = sql`
  spent AS (SELECT NULL::uuid AS brief_uuid, 0::numeric AS cost WHERE false), today AS (SELECT 0::numeric AS cost)`;

function takenCall(row: Row, platform: PlatformName): TakenCall {
  return {
    id: row.id,
    attempt: row.attempts,
    briefUuid: row.brief_uuid ?? undefined,
    platform,
    kind: row.kind,
    keyword: row.keyword ?? undefined,
    page: row.page ?? undefined,
    cursor: row.cursor ?? undefined,
    subject: row.subject ?? undefined,
    fromDay: row.from_day ?? undefined,
    toDay: row.to_day ?? undefined,
    turnAt: row.turn_at,
    turnId: row.turn_id,
    begins: row.begins,
  };
}

/**
 * What each brief that waits has spent on a platform (`spent`), and what all have spent there `today` in Shanghai. Both are
 * materialized, and what is looked for is an array and no `IN`, so that each is made once: of a table that has just grown,
 * PostgreSQL thinks that it is small, and would add up once for each call that waits.
 */
export function spending({ platform, now }: { readonly platform: PlatformName; readonly now: Date }) {
  const day = sql`date_trunc('day', ${now}::timestamptz AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'`;
  return sql`
    spent AS MATERIALIZED (
      SELECT brief_uuid, sum(cost_usd) AS cost FROM briefs.calls
      WHERE platform = ${platform} AND cost_usd > 0
        AND brief_uuid = ANY(ARRAY(
          SELECT DISTINCT brief_uuid FROM briefs.calls WHERE platform = ${platform} AND state = 'waiting'))
      GROUP BY brief_uuid),
    today AS MATERIALIZED (
      SELECT coalesce(sum(cost_usd), 0) AS cost FROM briefs.calls
      WHERE platform = ${platform} AND cost_usd > 0 AND sent_at >= ${day})`;
}

/**
 * Marks the tasks, stages and briefs of these calls as running. This has a transaction of its own: the one that takes calls
 * holds the platform's row, and the one that ends a call holds the task's row while it waits for the platform's.
 */
export async function markRunning<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  calls: readonly TakenCall[],
): Promise<void> {
  const ids = calls.flatMap(({ id, begins }) => (begins ? [id] : []));
  if (ids.length === 0) return;
  await transaction(async ({ query }) => {
    const begun = sql`state = 'running', started_at = coalesce(started_at, now())`;
    const uuids = async (table: string, column: string) => {
      const name = sql.table(`briefs.${table}`);
      const { rows } = await sql<{ uuid: string }>`
        WITH begun AS (
          SELECT uuid FROM ${name} WHERE state = 'queued'
            AND uuid IN (SELECT ${sql.ref(column)} FROM briefs.calls WHERE id = ANY(${ids}::bigint[]))
          ORDER BY uuid FOR NO KEY UPDATE)
        UPDATE ${name} AS own SET ${begun} FROM begun WHERE own.uuid = begun.uuid RETURNING own.uuid`.execute(query);
      return rows.map(({ uuid }) => uuid);
    };
    const tasks = await uuids('tasks', 'task_uuid');
    const stages = await uuids('stages', 'stage_uuid');
    await openRunsOf(query, { tasks, stages, briefs: await uuids('briefs', 'brief_uuid') });
  });
}

/** Whether a call is under way that has not been given back. */
export async function hasCallsUnderWay(query: QueryExecutorProvider, now: Date): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM briefs.calls WHERE state = 'sent' AND lease_until > ${now} LIMIT 1`.execute(query);
  return rows.length > 0;
}

/** Whether calls wait or are under way: then a sweep must look after them. */
export async function hasOpenCalls(query: QueryExecutorProvider): Promise<boolean> {
  const { rows } = await sql`SELECT FROM briefs.calls WHERE state IN ('waiting', 'sent') LIMIT 1`.execute(query);
  return rows.length > 0;
}

interface Row {
  readonly id: number;
  readonly attempts: number;
  readonly brief_uuid: string | null;
  readonly kind: TakenCall['kind'];
  readonly page: number | null;
  readonly cursor: Cursor | null;
  readonly subject: string | null;
  readonly keyword: string | null;
  readonly from_day: string | null;
  readonly to_day: string | null;
  readonly turn_id: number;
  readonly turn_at: Date;
  readonly begins: boolean;
}
