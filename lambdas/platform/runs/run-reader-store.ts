import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { itemsOf } from './items-store.ts';
import type { BackfillRow, Page, Paging, RunFilter, RunKey, RunReader, RunRow, SlotFilter, SlotRow } from './run.ts';

type Query = Database<unknown>['query'];

/** Reads runs, slots and backfills for the API. */
export function runReader({ query }: Database<unknown>): RunReader {
  return {
    runs: (filter) => paged<RunRow>(query, { ...runs, where: runConditions(filter) }, filter),
    async run(key) {
      const { data } = await paged<RunRow>(query, { ...runs, where: [keyCondition(key)] }, { start: 0, length: 1 });
      return data[0];
    },
    slots: (filter) => paged<SlotRow>(query, { ...slots, where: slotConditions(filter) }, filter),
    backfills: (paging) => paged<BackfillRow>(query, { ...backfills, where: [] }, paging),
    async backfill(id) {
      const where = [sql`b.id = ${id}`];
      const { data } = await paged<BackfillRow>(query, { ...backfills, where }, { start: 0, length: 1 });
      return data[0] && { ...data[0], items: await itemsOf(query, id) };
    },
  };
}

interface Listing {
  readonly select: RawBuilder<unknown>;
  readonly from: RawBuilder<unknown>;
  readonly where: readonly RawBuilder<unknown>[];
  readonly order: RawBuilder<unknown>;
}

const runs = {
  // The slot is looked up when it is read: the run may be in the book before its start is told, or after.
  select: sql`r.id, r.workload, r.name, r.kind, r.execution, r.state, r.started_at, r.ended_at, r.lost, r.cost_usd,
    r.detail, coalesce(r.slot, (SELECT max(s.scheduled_at) FROM platform.slots s
      WHERE s.workload = r.workload AND s.run = r.name)) AS slot,
    json_build_object('in', r.rows_in, 'out', r.rows_out, 'failed', r.rows_failed, 'filtered', r.rows_filtered,
      'waiting', r.rows_waiting) AS counts`,
  from: sql`platform.runs r`,
  order: sql`r.started_at DESC, r.id DESC`,
};

const slots = {
  select: sql`s.*, r.state AS run_state`,
  from: sql`platform.slots s LEFT JOIN platform.runs r ON r.workload = s.workload AND r.name = s.run`,
  order: sql`s.scheduled_at DESC, s.schedule`,
};

const backfills = {
  select: sql`b.id, b.workload, b.subject, b.first, b.last, b.who, b.created_at, b.ended_at`,
  from: sql`platform.backfills b`,
  order: sql`b.id DESC`,
};

async function paged<T>(query: Query, listing: Listing, { start, length }: Paging): Promise<Page<T>> {
  const { select, from, order } = listing;
  const where = sql.join([sql`TRUE`, ...listing.where], sql` AND `);
  const counted = await sql<{ total: number }>`SELECT count(*) AS total FROM ${from} WHERE ${where}`.execute(query);
  const { rows } = await sql<T>`
    SELECT ${select} FROM ${from} WHERE ${where} ORDER BY ${order} OFFSET ${start} LIMIT ${length}`.execute(query);
  return { data: rows, total: counted.rows[0]?.total ?? 0 };
}

function runConditions({ workload, name, kind, state, from, to, lost }: RunFilter): RawBuilder<unknown>[] {
  return [
    ...equal({ 'r.workload': workload, 'r.name': name, 'r.kind': kind, 'r.state': state }),
    ...between(sql`r.started_at`, from, to),
    ...(lost === undefined ? [] : [lost ? sql`r.lost <> 0` : sql`r.lost IS NOT DISTINCT FROM 0`]),
  ];
}

function keyCondition(key: RunKey): RawBuilder<unknown> {
  return 'id' in key ? sql`r.id = ${key.id}` : sql`r.workload = ${key.workload} AND r.name = ${key.name}`;
}

function slotConditions({ schedule, state, from, to }: SlotFilter): RawBuilder<unknown>[] {
  return [...equal({ 's.schedule': schedule, 's.state': state }), ...between(sql`s.scheduled_at`, from, to)];
}

function equal(columns: Readonly<Record<string, string | undefined>>): RawBuilder<unknown>[] {
  return Object.entries(columns).flatMap(([column, value]) =>
    value === undefined ? [] : [sql`${sql.ref(column)} = ${value}`],
  );
}

function between(column: RawBuilder<unknown>, from?: string, to?: string): RawBuilder<unknown>[] {
  return [
    ...(from === undefined ? [] : [sql`${column} >= ${from}::timestamptz`]),
    ...(to === undefined ? [] : [sql`${column} < ${to}::timestamptz`]),
  ];
}
