import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { FailureFilter, FailureRow, FailureState, FailureSummary, Ledger } from './ledger.ts';

/** The tables of the platform, by the names that queries use. */
export interface PlatformTables {
  'platform.failures': FailureRow;
}

type Query = Database<PlatformTables>['query'];

/** Inputs, stacks and attributes may be large: only a single failure shows them. */
const summary = [
  'id',
  'workload',
  'source_kind',
  'source_name',
  'reason',
  'message',
  'occurred_at',
  'recorded_at',
  'attempts',
  'state',
  'replay_of',
  'changed_by',
  'changed_at',
] as const satisfies readonly (keyof FailureSummary)[];

/** The ledger in the database. */
export function ledger(database: Database<PlatformTables>): Ledger {
  const { query } = database;
  return {
    async list({ start, length, ...filter }) {
      const groups = await grouped(query, filter);
      const data = await matching(query, filter)
        .select(summary)
        .orderBy('occurred_at', 'desc')
        .orderBy('id', 'desc')
        .offset(start)
        .limit(length)
        .execute();
      return { data, total: groups.reduce((sum, { count }) => sum + count, 0), groups };
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
        await changing(session.query, 'replayed', who).where('id', '=', id).execute();
        return failure.state;
      }),
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

function matching(query: Query, { workload, source, reason, state, from, to }: FailureFilter) {
  const equal = { workload, source_name: source, reason, state };
  const given = Object.entries(equal).filter((entry) => entry[1] !== undefined) as [keyof typeof equal, never][];
  return given
    .reduce((builder, [column, value]) => builder.where(column, '=', value), query.selectFrom('platform.failures'))
    .$if(from !== undefined, (builder) => builder.where('occurred_at', '>=', new Date(from ?? 0)))
    .$if(to !== undefined, (builder) => builder.where('occurred_at', '<', new Date(to ?? 0)));
}

function grouped(query: Query, filter: FailureFilter) {
  return matching(query, filter)
    .select([
      'workload',
      'source_name',
      'reason',
      sql<number>`count(*)`.as('count'),
      sql<Date>`min(occurred_at)`.as('first_at'),
      sql<Date>`max(occurred_at)`.as('last_at'),
    ])
    .groupBy(['workload', 'source_name', 'reason'])
    .orderBy('count', 'desc')
    .orderBy('workload')
    .orderBy('source_name')
    .orderBy('reason')
    .execute();
}

function changing(query: Query, state: FailureState, who: string) {
  return query.updateTable('platform.failures').set({ state, changed_by: who, changed_at: new Date() } as never);
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
