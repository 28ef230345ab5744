import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { FailureFilter, FailureState, FailureSummary, Ledger } from './ledger.ts';
import { matching, type PlatformTables, type Query } from './matching-store.ts';

// A cause may have 32 KB, and a page 500 rows: of lists, only this much of it is for reading.
const shownMessage = 1000;

/** More reasons are no help in finding the one that counts. */
const mostGroups = 500;

/** Inputs, stacks and attributes may be large: only a single failure shows them, and its message as a whole. */
const summary = [
  'id',
  'workload',
  'source_kind',
  'source_name',
  'reason',
  sql<string>`CASE WHEN length(message) > ${sql.lit(shownMessage)}
    THEN left(message, ${sql.lit(shownMessage - 1)}) || '…' ELSE message END`.as('message'),
  'occurred_at',
  'recorded_at',
  'attempts',
  'state',
  'replay_of',
  'changed_by',
  'changed_at',
  'note',
] as const;

/** The failures that a person may still resolve. */
const unsettled = ['open', 'replayed'] as const;

/** The ledger in the database. */
export function ledger(database: Database<PlatformTables>): Ledger {
  const { query } = database;
  return {
    async list({ start, length, ...filter }) {
      const { total, groups } = await grouped(query, filter);
      const data = await matching(query, filter)
        .select(summary)
        .orderBy('occurred_at', 'desc')
        .orderBy('id', 'desc')
        .offset(start)
        .limit(length)
        .execute();
      return { data, total, groups };
    },
    find: (id) => query.selectFrom('platform.failures').selectAll().where('id', '=', id).executeTakeFirst(),
    lineage: (id) => lineage(query, id),
    async discard(id, who) {
      await changing(query, 'discarded', who).where('id', '=', id).where('state', '=', 'open').execute();
      const found = await query.selectFrom('platform.failures').select('state').where('id', '=', id).executeTakeFirst();
      return found?.state;
    },
    replay: (id, who, send) =>
      database.transaction(async (session) => {
        const rows = session.query.selectFrom('platform.failures').selectAll().where('id', '=', id);
        const failure = await rows.forUpdate().executeTakeFirst();
        if (failure?.state !== 'open') return failure?.state;
        await send(failure);
        await changing(session.query, 'replayed', who).set({ sent_at: new Date() }).where('id', '=', id).execute();
        return failure.state;
      }),
    async resolve(id, who, note) {
      const open = changing(query, 'resolved', who, note).where('id', '=', id).where('state', 'in', unsettled);
      await open.execute();
      const found = await query.selectFrom('platform.failures').select('state').where('id', '=', id).executeTakeFirst();
      return found?.state;
    },
    async resolveAll(filter, limit, { who, note }) {
      const oldest = matching(query, filter)
        .where('state', 'in', unsettled)
        .select('id')
        .orderBy('occurred_at')
        .limit(limit);
      const right = changing(query, 'resolved', who, note).where('id', 'in', oldest);
      return Number((await right.executeTakeFirst()).numUpdatedRows);
    },
    async discardAll(filter, limit, who) {
      const oldest = matching(query, { ...filter, state: 'open' })
        .select('id')
        .orderBy('occurred_at')
        .limit(limit);
      const { numUpdatedRows } = await changing(query, 'discarded', who).where('id', 'in', oldest).executeTakeFirst();
      return Number(numUpdatedRows);
    },
  };
}

async function grouped(query: Query, filter: FailureFilter) {
  const rows = await matching(query, filter)
    .select([
      'workload',
      'source_name',
      'reason',
      sql<number>`count(*)`.as('count'),
      sql<Date>`min(occurred_at)`.as('first_at'),
      sql<Date>`max(occurred_at)`.as('last_at'),
      sql<number>`(sum(count(*)) OVER ())::bigint`.as('total'),
    ])
    .groupBy(['workload', 'source_name', 'reason'])
    .orderBy('count', 'desc')
    .orderBy('workload')
    .orderBy('source_name')
    .orderBy('reason')
    .limit(mostGroups)
    .execute();
  return { total: rows[0]?.total ?? 0, groups: rows.map(({ total: _, ...group }) => group) };
}

function changing(query: Query, state: FailureState, who: string, note?: string) {
  const said = note === undefined ? {} : { note };
  return query.updateTable('platform.failures').set({ state, changed_by: who, changed_at: new Date(), ...said });
}

/** Up to the first failure, then down to all that came of it. */
async function lineage(query: Query, id: number): Promise<FailureSummary[]> {
  const { rows } = await sql<{ id: number }>`
    WITH RECURSIVE up AS (
      SELECT id, replay_of FROM platform.failures WHERE id = ${id}
      UNION ALL SELECT f.id, f.replay_of FROM platform.failures f JOIN up ON f.id = up.replay_of
    ), down AS (
      SELECT id FROM up WHERE replay_of IS NULL
      UNION ALL SELECT f.id FROM platform.failures f JOIN down ON f.replay_of = down.id
    ) SELECT id FROM down`.execute(query);
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  return query.selectFrom('platform.failures').select(summary).where('id', 'in', ids).orderBy('id').execute();
}
