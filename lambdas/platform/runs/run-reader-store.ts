import { type RawBuilder, sql } from 'kysely';
import * as z from 'zod';
import { pagedListing } from '#adapters/database/paged.ts';
import type { Database } from '#adapters/database.ts';
import { waitOf } from '#record/run-book.ts';
import { itemsOf } from './items-store.ts';
import type { BackfillRow, RunFilter, RunKey, RunReader, RunRow, SlotFilter, SlotRow } from './run.ts';

/** Reads runs, slots and backfills for the API. */
export function runReader({ query }: Database<unknown>): RunReader {
  return {
    runs: (filter) => pagedListing<RunRow>(query, { ...runs, where: runConditions(filter) }, filter),
    async run(key) {
      const { data } = await pagedListing<RunRow>(
        query,
        { ...runs, where: [keyCondition(key)] },
        { start: 0, length: 1 },
      );
      return data[0];
    },
    slots: (filter) => pagedListing<SlotRow>(query, { ...slots, where: slotConditions(filter) }, filter),
    backfills: (paging) => pagedListing<BackfillRow>(query, { ...backfills, where: [] }, paging),
    async backfill(id) {
      const where = [sql`b.id = ${id}`];
      const { data } = await pagedListing<BackfillRow>(query, { ...backfills, where }, { start: 0, length: 1 });
      return data[0] && { ...data[0], items: await itemsOf(query, id) };
    },
  };
}

const runs = {
  // The slot is looked up when it is read: the run may be in the book before its start is told, or after. Of several the
  // first is its own; a schedule that is triggered again finds the same run.
  select: sql`r.id, r.workload, r.name, r.kind, r.execution, r.state, r.started_at, r.ended_at, r.cost_usd,
    r.detail, r.parent, ${waitOf('w')}, CASE WHEN r.task_id IS NULL AND r.state = 'running' THEN NULL ELSE r.lost END AS lost, coalesce(r.slot, (SELECT min(s.scheduled_at) FROM platform.slots s
      WHERE s.workload = r.workload AND s.run = r.name)) AS slot,
    json_build_object('in', r.rows_in, 'out', r.rows_out, 'failed', r.rows_failed, 'filtered', r.rows_filtered,
      'waiting', r.rows_waiting) AS counts,
    (SELECT json_build_object('runs', count(*), 'running', count(*) FILTER (WHERE c.state = 'running'),
        'counts', json_build_object('in', sum(c.rows_in), 'out', sum(c.rows_out), 'failed', sum(c.rows_failed),
          'filtered', sum(c.rows_filtered), 'waiting', sum(c.rows_waiting)),
        'lost', sum(c.lost) FILTER (WHERE c.state <> 'running'))
      FROM platform.runs c WHERE c.workload = r.workload AND c.parent = r.name HAVING count(*) > 0) AS parts`,
  from: sql`platform.all_runs r LEFT JOIN platform.runs w ON w.id = r.id`,
  order: sql`r.started_at DESC, r.id DESC, r.name DESC`,
};

const slots = {
  select: sql`s.*, coalesce(r.state, (SELECT t.state FROM platform.task_runs t
    WHERE s.workload = 'tasks' AND t.task_id = CASE WHEN pg_input_is_valid(s.run, 'uuid') THEN s.run::uuid END)) AS run_state`,
  from: sql`platform.slots s LEFT JOIN platform.runs r ON r.workload = s.workload AND r.name = s.run`,
  order: sql`s.scheduled_at DESC, s.schedule`,
};

const backfills = {
  select: sql`b.id, b.workload, b.subject, b.first, b.last, b.who, b.created_at, b.ended_at`,
  from: sql`platform.backfills b`,
  order: sql`b.id DESC`,
};

function runConditions({ workload, name, kind, parent, state, from, to, lost }: RunFilter): RawBuilder<unknown>[] {
  return [
    ...equal({ 'r.workload': workload, 'r.name': name, 'r.kind': kind, 'r.parent': parent, 'r.state': state }),
    ...between(sql`r.started_at`, from, to),
    // What runs hasn't lost yet what it hasn't counted yet.
    ...(lost === undefined ? [] : [sql`(r.state <> 'running' OR r.task_id IS NOT NULL)`]),
    ...(lost === undefined ? [] : [lost ? sql`r.lost <> 0` : sql`r.lost = 0`]),
  ];
}

const isUuid = z.uuid();

function keyCondition(key: RunKey): RawBuilder<unknown> {
  if ('id' in key) return sql`r.id = ${key.id}`;
  // A task's name is its id as text, which no index knows.
  const ofTask = isUuid.safeParse(key.name).success ? sql`r.task_id = ${key.name}::uuid` : sql`FALSE`;
  return sql`r.workload = ${key.workload} AND r.name = ${key.name} AND (r.task_id IS NULL OR ${ofTask})`;
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
