import { type QueryExecutorProvider, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { breakersOf } from '#adapters/turns/polite-turns.ts';
import { recordFailures } from '#record/failure-ledger.ts';
import { callFailure, type FailedCall } from '../collect/failures.ts';
import { mostTries, needsPerson, siteOf, stateOf } from '../collect/platform-state.ts';
import type { AllPlatformSettings } from '../collect/settings.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { KeptAnswer } from './answer-store.ts';
import { spending } from './dispatch-store.ts';
import { loseFinds, type Settled, settle } from './settle-store.ts';

/** What ends without an answer: calls that will never be made, and those whose answer got lost. */

export interface GivingUp {
  readonly settings: AllPlatformSettings;
  /** Where failures are replayed. */
  readonly door: string;
  readonly now: Date;
}

type Condition = ReturnType<typeof sql>;

/**
 * Gives up calls that would wait in vain: of a platform that is off, or that needs a person, or has been down for longer
 * than its patience, and those that a budget has no money for. Their tasks go on without them.
 */
export async function giveUpCalls<T>(
  database: Pick<Database<T>, 'query' | 'transaction'>,
  giving: GivingUp,
): Promise<Settled> {
  const { rows } = await sql<Waiting>`
    SELECT waiting.platform, known.down_since, known.reason
    FROM (SELECT DISTINCT platform FROM briefs.calls WHERE state = 'waiting' AND NOT reread) AS waiting
    LEFT JOIN briefs.platforms AS known ON known.name = waiting.platform ORDER BY 1`.execute(database.query);
  const toExport: string[] = [];
  for (const row of rows) {
    const breaker = (await breakersOf(database, [siteOf(row.platform)])).get(siteOf(row.platform));
    for (const [condition, reason, state] of vain(row, breaker ?? { state: 'closed' }, giving)) {
      const ended = await giveUp(database, { ...giving, platform: row.platform, condition, reason, state });
      toExport.push(...ended.toExport);
    }
  }
  return { toExport: [...new Set(toExport)] };
}

interface Waiting {
  readonly platform: PlatformName;
  readonly down_since: Date | null;
  readonly reason: string | null;
}

interface Standing {
  readonly state: 'closed' | 'open' | 'paused';
  readonly reason?: string;
  readonly until?: Date;
}

/** Which waiting calls of a platform wait in vain, and why. */
function vain(
  { platform, down_since: downSince, reason }: Waiting,
  breaker: Standing,
  { settings, now }: GivingUp,
): readonly (readonly [Condition, string, 'failed' | 'dropped'])[] {
  const own = settings[platform];
  if (own.driver === 'off') return [[sql`true`, `off: ${platform} is switched off`, 'failed']];
  // One that may be tried now is tried first.
  if (breaker.state === 'open' && breaker.until !== undefined && breaker.until > now) {
    const told = reason ?? `${stateOf(breaker)}: ${platform} is ${stateOf(breaker)}`;
    if (needsPerson.has(stateOf(breaker))) return [[sql`true`, told, 'failed']];
    const patient = new Date(now.getTime() - own.patienceSeconds * 1000);
    if (downSince !== null && downSince <= patient) return [[sql`call.wanted_at <= ${patient}`, told, 'failed']];
  }
  if (own.pricePerCall === 0) return [];
  const price = sql`${own.pricePerCall}::numeric`;
  const { budgetPerBrief, budgetPerDay } = own;
  return [
    [
      sql`(SELECT coalesce(max(cost), 0) FROM spent WHERE spent.brief_uuid = call.brief_uuid) + ${price}
        > ${budgetPerBrief}::numeric`,
      `budget: a further call would pass the ${budgetPerBrief} USD of a brief`,
      'dropped',
    ],
    [
      sql`(SELECT cost FROM today) + ${price} > ${budgetPerDay}::numeric`,
      `budget: a further call would pass the ${budgetPerDay} USD of a day`,
      'dropped',
    ],
  ];
}

interface GivenUp extends GivingUp {
  readonly platform: PlatformName;
  readonly condition: Condition;
  readonly reason: string;
  readonly state: 'failed' | 'dropped';
}

function giveUp<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  { platform, condition, reason, state, now, door }: GivenUp,
): Promise<Settled> {
  return transaction(async (session) => {
    const { query } = session;
    const { rows } = await sql<EndedCall>`
      WITH ${spending({ platform, now })},
      vain AS (
        SELECT id FROM briefs.calls AS call
        WHERE platform = ${platform} AND state = 'waiting' AND NOT reread AND kind <> 'probe' AND ${condition}
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
      UPDATE briefs.calls AS call SET state = ${state}, reason = ${reason}
      FROM vain WHERE call.id = vain.id
      RETURNING ${endedCall}`.execute(query);
    await recordFailures(
      query,
      rows.map((row) => callFailure(failedOf(row), reason, { door, now, rawKey: row.raw_key })),
    );
    return settle(session, touchedBy(rows));
  });
}

const endedCall = sql`call.id, call.attempts, call.platform, call.kind, call.page, call.subject, call.raw_key,
  call.brief_uuid, call.stage_uuid, call.task_uuid,
  (SELECT keyword FROM briefs.tasks WHERE uuid = call.task_uuid) AS keyword`;

interface EndedCall {
  readonly id: number;
  readonly attempts: number;
  readonly platform: PlatformName;
  readonly kind: string;
  readonly page: number | null;
  readonly subject: string | null;
  readonly raw_key: string | null;
  readonly brief_uuid: string | null;
  readonly stage_uuid: string | null;
  readonly task_uuid: string | null;
  readonly keyword: string | null;
}

function failedOf({ attempts, brief_uuid: brief, stage_uuid: stage, task_uuid: task, ...call }: EndedCall): FailedCall {
  return { ...call, attempt: attempts, brief, stage, task };
}

function pageOf({ task_uuid: task, page }: Pick<EndedCall, 'task_uuid' | 'page'>) {
  return task === null || page === null ? [] : [{ task, page }];
}

function touchedBy(rows: readonly EndedCall[]) {
  return {
    tasks: rows.flatMap(({ task_uuid }) => task_uuid ?? []),
    stages: rows.flatMap(({ stage_uuid }) => stage_uuid ?? []),
  };
}

/**
 * Gives back calls whose lease is over: the worker that made them, or read their answer, died. A page whose fates are written
 * down is read again as it was received; one that got lost too often is given up.
 */
export function giveBackCalls<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  { door, now }: Pick<GivingUp, 'door' | 'now'>,
): Promise<Settled & { readonly back: number }> {
  return transaction(async (session) => {
    const { query } = session;
    const reason = 'lost: no answer came in time';
    const { rows } = await sql<EndedCall & { state: string }>`
      WITH lost AS (
        SELECT id FROM briefs.calls WHERE state = 'sent' AND lease_until < ${now}
        ORDER BY id LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED)
      UPDATE briefs.calls AS call
      SET state = CASE WHEN attempts - forgiven >= (${JSON.stringify(mostTries)}::json ->> kind)::integer THEN 'failed' ELSE 'waiting' END,
        reread = EXISTS (SELECT FROM briefs.finds WHERE task_uuid = call.task_uuid AND page = call.page)
          AND call.answer IS NOT NULL,
        reason = ${reason}, lease_until = NULL, turn_id = NULL, due_at = ${now}
      FROM lost WHERE call.id = lost.id
      RETURNING call.state, ${endedCall}`.execute(query);
    const given = rows.filter(({ state, kind }) => state === 'failed' && kind !== 'probe');
    await loseFinds(query, given.flatMap(pageOf));
    await recordFailures(
      query,
      given.map((row) => callFailure(failedOf(row), reason, { door, now, rawKey: row.raw_key })),
    );
    return { ...(await settle(session, touchedBy(rows))), back: rows.length };
  });
}

/** A find is stored within seconds of its page; a broker that was away for so long has lost nothing, but may have. */
const storedWithinMs = 10 * 60 * 1000;

/**
 * Looks after articles that never arrived: their pages are read once more and the articles sent again; those of a page
 * that was read too often are given up.
 */
export function findLost<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  { now }: Pick<GivingUp, 'now'>,
): Promise<Settled> {
  return transaction(async (session) => {
    const { query } = session;
    const { rows } = await sql<{ task_uuid: string; page: number; state: string }>`
      WITH lost AS (
        SELECT call.id
        FROM (SELECT DISTINCT task_uuid, page FROM briefs.finds WHERE state = 'sent') AS page
        JOIN briefs.calls AS call USING (task_uuid, page)
        WHERE call.kind = 'search' AND call.state = 'answered'
          AND call.answered_at < ${new Date(now.getTime() - storedWithinMs)}
        ORDER BY call.id LIMIT 100 FOR NO KEY UPDATE OF call SKIP LOCKED)
      UPDATE briefs.calls AS call
      SET state = CASE WHEN attempts - forgiven >= ${mostTries.search} OR answer IS NULL THEN 'answered' ELSE 'waiting' END,
        reread = attempts - forgiven < ${mostTries.search} AND answer IS NOT NULL, due_at = ${now}
      FROM lost WHERE call.id = lost.id
      RETURNING call.task_uuid, call.page, call.state`.execute(query);
    const lost = rows.filter(({ state }) => state === 'answered');
    await loseFinds(query, lost.flatMap(pageOf));
    return settle(session, { tasks: lost.map((row) => row.task_uuid) });
  });
}

/** A page's answer that is to be read once more. */
export async function takeRereads(
  query: QueryExecutorProvider,
  { now, leaseMs }: { readonly now: Date; readonly leaseMs: number },
): Promise<readonly KeptAnswer[]> {
  const { rows } = await sql<{ id: number; attempts: number; answer: KeptAnswer }>`
    WITH due AS (
      SELECT id FROM briefs.calls WHERE state = 'waiting' AND reread ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED)
    UPDATE briefs.calls AS call
    SET state = 'sent', attempts = attempts + 1, lease_until = ${new Date(now.getTime() + leaseMs)}
    FROM due WHERE call.id = due.id RETURNING call.id, call.attempts, call.answer`.execute(query);
  return rows.map(({ id, attempts, answer }) => ({ ...answer, call: id, attempt: attempts }));
}
