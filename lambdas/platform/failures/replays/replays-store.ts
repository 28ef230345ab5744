import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { TransientError } from '#kit/errors.ts';
import type { FailureFilter } from '../ledger.ts';
import { matching, type PlatformTables, type Query } from '../matching-store.ts';
import type { Portion, ReplayProgress, Replays } from './replays.ts';

/** Replays of many, in the database. */
export function replays(database: Database<PlatformTables>): Replays {
  const { query } = database;
  return {
    estimate: (filter, limit) => estimate(query, filter, limit),
    begin: ({ filter, limit, rate, who }, start) =>
      database.transaction(async (session) => {
        const insert = session.query.insertInto('platform.replays');
        const row = { filter: JSON.stringify(filter) as never, rate, chosen: 0, asked_by: who };
        const { id } = await insert.values(row).returning('id').executeTakeFirstOrThrow();
        const oldest = replayable(session.query, filter).select('id').orderBy('occurred_at').limit(limit).forUpdate();
        const { numUpdatedRows } = await session.query
          .updateTable('platform.failures')
          .set({ replay_id: id })
          .where('id', 'in', oldest)
          .executeTakeFirst();
        const chosen = Number(numUpdatedRows);
        const begun = { chosen, ...(chosen === 0 ? ({ state: 'done' } as const) : {}) };
        const update = session.query.updateTable('platform.replays').set(begun).where('id', '=', id);
        const replay = await update.returningAll().executeTakeFirstOrThrow();
        if (chosen > 0) await start({ id, chosen });
        return replay;
      }),
    find: (id) => progress(query, id),
    list: (length) => query.selectFrom('platform.replays').selectAll().orderBy('id', 'desc').limit(length).execute(),
    stop: (id) =>
      database.transaction(async (session) => {
        const own = session.query.selectFrom('platform.replays').select('state').where('id', '=', id);
        const found = await own.forUpdate().executeTakeFirst();
        if (found === undefined || found.state === 'done') return found?.state;
        await giveBack(session.query, id);
        await end(session.query, id, 'stopped');
        return 'stopped';
      }),
    takePortion: (id, sizeAt) => database.transaction((session) => takePortion(session.query, id, sizeAt)),
    async sent(id, ids) {
      if (ids.length > 0) await database.transaction((session) => sent(session.query, id, ids));
    },
  };
}

/** Open, with a way back, and in no other replay. */
function replayable(query: Query, filter: FailureFilter) {
  return matching(query, { ...filter, state: 'open' })
    .where('door', 'is not', null)
    .where('replay_id', 'is', null);
}

async function estimate(query: Query, filter: FailureFilter, limit: number) {
  const oldest = replayable(query, filter).select('id').orderBy('occurred_at').limit(limit);
  const groups = await query
    .selectFrom('platform.failures')
    .where('id', 'in', oldest)
    .select(['workload', 'source_name', 'reason', sql<number>`count(*)`.as('count')])
    .groupBy(['workload', 'source_name', 'reason'])
    .orderBy('count', 'desc')
    .execute();
  const { count } = await matching(query, { ...filter, state: 'open' })
    .where('door', 'is', null)
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return { chosen: groups.reduce((sum, group) => sum + group.count, 0), groups, without_door: count };
}

/** The replay's own row is locked: one portion is taken at a time, and none while it is being stopped. */
async function takePortion(
  query: Query,
  id: number,
  sizeAt: (rate: number, chosen: number) => number,
): Promise<Portion> {
  const own = query.selectFrom('platform.replays').select(['state', 'rate', 'chosen']).where('id', '=', id);
  const replay = await own.forUpdate().executeTakeFirst();
  // Its machine may start before the transaction that began it is through.
  if (!replay) throw new TransientError(`Replay ${id} isn't known yet`);
  const { rate, state, chosen } = replay;
  const taken = query.selectFrom('platform.failures').selectAll().where('replay_id', '=', id);
  const unsent = await taken.where('state', '=', 'replayed').where('sent_at', 'is', null).orderBy('id').execute();
  if (unsent.length > 0) return { state: 'more', rate, failures: unsent };
  if (state !== 'running') return { state: 'ended', rate, failures: [] };
  const next = query
    .selectFrom('platform.failures')
    .select('id')
    .where('replay_id', '=', id)
    .where('state', '=', 'open')
    .orderBy('id')
    .limit(sizeAt(rate, chosen))
    .forUpdate();
  const failures = await query
    .updateTable('platform.failures')
    .set({ state: 'replayed', changed_by: `replay ${id}`, changed_at: new Date() })
    .where('id', 'in', next)
    .returningAll()
    .execute();
  if (failures.length > 0) return { state: 'more', rate, failures };
  await end(query, id, 'done');
  return { state: 'ended', rate, failures: [] };
}

/** What isn't sent: neither taken, nor taken by a portion that was never sent, as when the machine fails for good. */
async function giveBack(query: Query, id: number): Promise<void> {
  const own = query.updateTable('platform.failures').where('replay_id', '=', id);
  await own.set({ replay_id: null }).where('state', '=', 'open').execute();
  await own
    .set({ state: 'open', replay_id: null, changed_by: `replay ${id} stopped`, changed_at: new Date() })
    .where('state', '=', 'replayed')
    .where('sent_at', 'is', null)
    .execute();
}

/**
 * Also takes back those that a stop gave back while they were on their way. The replay's own row is locked, so that a stop
 * comes before or after.
 */
async function sent(query: Query, id: number, ids: readonly number[]): Promise<void> {
  await query.selectFrom('platform.replays').select('id').where('id', '=', id).forUpdate().execute();
  const these = query.updateTable('platform.failures').where('id', 'in', ids);
  await these.set({ sent_at: new Date() }).execute();
  await these
    .set({ state: 'replayed', replay_id: sql`coalesce(replay_id, ${id})`, changed_by: `replay ${id}` })
    .where('state', '=', 'open')
    .execute();
}

async function end(query: Query, id: number, state: 'done' | 'stopped'): Promise<void> {
  const own = query.updateTable('platform.replays').set({ state, changed_at: new Date() });
  await own.where('id', '=', id).execute();
}

async function progress(query: Query, id: number): Promise<ReplayProgress | undefined> {
  const replay = await query.selectFrom('platform.replays').selectAll().where('id', '=', id).executeTakeFirst();
  if (!replay) return undefined;
  const { rows } = await sql<Omit<ReplayProgress, keyof typeof replay>>`
    SELECT count(*) FILTER (WHERE f.state = 'open') AS waiting,
      count(*) FILTER (WHERE f.sent_at IS NOT NULL) AS sent,
      count(*) FILTER (WHERE f.state = 'resolved') AS resolved,
      (SELECT count(*) FROM platform.failures again JOIN platform.failures first ON first.id = again.replay_of
        WHERE first.replay_id = ${id}) AS failed_again
    FROM platform.failures f WHERE f.replay_id = ${id}`.execute(query);
  return { ...replay, ...(rows[0] ?? { waiting: 0, sent: 0, resolved: 0, failed_again: 0 }) };
}
