import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import { type Breaker, callsAllowed } from '../collect/breaker.ts';
import type { AllPlatformSettings, PlatformSettings } from '../collect/settings.ts';
import { type PlatformName, platformNames } from '../platforms/names.ts';
import type { Cursor } from '../platforms/platform.ts';

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
  database: Pick<Database<T>, 'transaction'>,
  options: DispatchOptions,
): Promise<readonly TakenCall[]> {
  const taken: TakenCall[] = [];
  for (const platform of platformNames) {
    const settings = options.settings[platform];
    if (settings.driver === 'off') continue;
    taken.push(...(await database.transaction((session) => takeOf(session, { ...options, platform, own: settings }))));
  }
  return taken;
}

interface Taking extends DispatchOptions {
  readonly platform: PlatformName;
  readonly own: PlatformSettings;
}

async function takeOf<T>(session: Session<T>, taking: Taking): Promise<readonly TakenCall[]> {
  const { platform, own, now } = taking;
  const { breaker, nextAt, underWay } = await locked(session, platform);
  const room = callsAllowed(breaker, own.concurrency, now) - underWay;
  if (room <= 0) return [];
  const gapMs = 1000 / own.requestsPerSecond;
  const firstTurn = Math.max(nextAt.getTime(), now.getTime());
  const inTime = Math.ceil((now.getTime() + longestDelayMs - firstTurn) / gapMs);
  if (inTime <= 0) return [];
  const calls = await mark(session, taking, { most: Math.min(room, inTime), firstTurn, gapMs });
  if (calls.length > 0) {
    const next = new Date(firstTurn + calls.length * gapMs);
    await sql`UPDATE briefs.platforms SET next_at = ${next} WHERE name = ${platform}`.execute(session.query);
  }
  return calls;
}

/** The platform's row, for this transaction alone: whoever else dispatches waits for it. */
async function locked<T>({ query }: Session<T>, platform: PlatformName) {
  await sql`INSERT INTO briefs.platforms (name) VALUES (${platform}) ON CONFLICT DO NOTHING`.execute(query);
  const { rows } = await sql<{ state: Breaker['state']; failures: number; until: Date | null; next_at: Date }>`
    SELECT state, failures, until, next_at FROM briefs.platforms WHERE name = ${platform} FOR UPDATE`.execute(query);
  // After the lock: counts what those before have taken.
  const counted = await sql<{ under_way: number }>`
    SELECT count(*) AS under_way FROM briefs.calls WHERE platform = ${platform} AND state = 'sent'`.execute(query);
  const [row] = rows;
  if (!row) throw new Error(`There is no row of ${platform}`);
  const { state, failures, until, next_at: nextAt } = row;
  return {
    breaker: { state, failures, until: until ?? undefined },
    nextAt,
    underWay: counted.rows[0]?.under_way ?? 0,
  };
}

interface Turns {
  readonly most: number;
  /** Milliseconds since 1970. */
  readonly firstTurn: number;
  readonly gapMs: number;
}

/** Gives turns to the calls that are due, the briefs one after the other, none beyond its budget. */
async function mark<T>({ query }: Session<T>, taking: Taking, { most, firstTurn, gapMs }: Turns): Promise<TakenCall[]> {
  const { platform, own, now, leaseMs } = taking;
  const { rows } = await sql<Row>`
    WITH spent AS (
      SELECT brief_uuid, sum(cost_usd) AS cost FROM briefs.calls
      WHERE platform = ${platform} AND cost_usd > 0 GROUP BY brief_uuid),
    today AS (
      SELECT coalesce(sum(cost_usd), 0) AS cost FROM briefs.calls
      WHERE platform = ${platform} AND cost_usd > 0
        AND sent_at >= date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'),
    due AS (
      SELECT waiting.id, row_number() OVER (PARTITION BY waiting.brief_uuid ORDER BY waiting.due_at, waiting.id) AS turn,
        coalesce(spent.cost, 0) AS spent
      FROM briefs.calls AS waiting LEFT JOIN spent USING (brief_uuid)
      WHERE waiting.platform = ${platform} AND waiting.state = 'waiting' AND waiting.due_at <= ${now}),
    affordable AS (
      SELECT id, row_number() OVER (ORDER BY turn, id) AS place FROM due
      WHERE spent + turn * ${own.pricePerCall}::numeric <= ${own.budgetPerBrief}::numeric OR ${own.pricePerCall}::numeric = 0),
    chosen AS (
      SELECT id, place FROM affordable, today
      WHERE place <= ${most}
        AND (${own.pricePerCall}::numeric = 0 OR today.cost + place * ${own.pricePerCall}::numeric <= ${own.budgetPerDay}::numeric))
    UPDATE briefs.calls AS call
    SET state = 'sent', attempts = attempts + 1, sent_at = ${now}, cost_usd = cost_usd + ${own.pricePerCall}::numeric,
      lease_until = to_timestamp((${firstTurn}::float8 + (chosen.place - 1) * ${gapMs}::float8 + ${leaseMs}::float8) / 1000)
    FROM chosen
    WHERE call.id = chosen.id
    RETURNING call.id, call.attempts, call.brief_uuid, call.kind, call.page, call.cursor, call.subject, chosen.place,
      (SELECT keyword FROM briefs.tasks WHERE uuid = call.task_uuid) AS keyword,
      (SELECT from_day FROM briefs.stages WHERE uuid = call.stage_uuid) AS from_day,
      (SELECT to_day FROM briefs.stages WHERE uuid = call.stage_uuid) AS to_day`.execute(query);
  return rows.map((row) => ({
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
    turnAt: new Date(firstTurn + (row.place - 1) * gapMs),
  }));
}

/**
 * Says that work has begun on what these calls belong to. Not in the transaction that takes them: it holds the
 * platform's row, and whoever ends a call holds the task's and wants the platform's.
 */
export async function markRunning<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  calls: readonly TakenCall[],
): Promise<void> {
  const ids = calls.map(({ id }) => id);
  if (ids.length === 0) return;
  await transaction(async ({ query }) => {
    const begun = sql`state = 'running', started_at = coalesce(started_at, now())`;
    await sql`
      UPDATE briefs.tasks SET ${begun} WHERE state = 'queued'
        AND uuid IN (SELECT task_uuid FROM briefs.calls WHERE id = ANY(${ids}::bigint[]))`.execute(query);
    await sql`
      UPDATE briefs.stages SET ${begun} WHERE state = 'queued'
        AND uuid IN (SELECT stage_uuid FROM briefs.calls WHERE id = ANY(${ids}::bigint[]))`.execute(query);
    await sql`
      UPDATE briefs.briefs SET ${begun} WHERE state = 'queued'
        AND uuid IN (SELECT brief_uuid FROM briefs.calls WHERE id = ANY(${ids}::bigint[]))`.execute(query);
  });
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
  readonly place: number;
}
