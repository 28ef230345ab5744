import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type {
  CountSpan,
  FailureCountsFilter,
  FailureCountsRow,
  MonthCost,
  OpenReason,
  OverviewReader,
  RunCountsFilter,
  RunCountsRow,
  StreamCountsRow,
  StripRun,
  StripSlot,
} from './overview.ts';

type Query = Database<unknown>['query'];

// More reasons than a page can show are no help in finding the one that counts.
const mostReasons = 200;

/** Counts over time and the newest of everything, from the books of all workloads. */
export function overviewReader({ query }: Database<unknown>): OverviewReader {
  return {
    runCounts: (span, filter) => runCounts(query, span, filter),
    streamCounts: (span, workload) => streamCounts(query, span, workload),
    failureCounts: (span, filter) => failureCounts(query, span, filter),
    newestRuns: (workloads, each) => newestRuns(query, workloads, each),
    newestSlots: (workloads, each) => newestSlots(query, workloads, each),
    async openReasons() {
      const { rows } = await sql<OpenReason>`
        SELECT workload, source_name, reason, count(*) AS count, max(occurred_at) AS last_at
        FROM platform.failures WHERE state = 'open'
        GROUP BY workload, source_name, reason ORDER BY count DESC, workload, source_name, reason
        LIMIT ${mostReasons}`.execute(query);
      return rows;
    },
    async costs(since) {
      // The cost of a run that is part of another is already counted with that one.
      const { rows } = await sql<MonthCost>`
        SELECT workload, count(*) FILTER (WHERE state = 'running') AS running,
          sum(cost_usd) FILTER (WHERE started_at >= ${since}) AS cost_usd
        FROM platform.all_runs WHERE parent IS NULL AND (started_at >= ${since} OR state = 'running')
        GROUP BY workload`.execute(query);
      return rows.map(({ cost_usd, ...row }) => ({ ...row, cost_usd: cost_usd === null ? null : Number(cost_usd) }));
    },
  };
}

/** UTC hours or days, whatever zone the session has. */
function stepOf(step: CountSpan['step'], column: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`date_trunc(${step}, ${column}, 'UTC')`;
}

function within(column: RawBuilder<unknown>, { from, to }: CountSpan): RawBuilder<unknown> {
  return sql`${column} >= ${from} AND ${column} < ${to}`;
}

/** All fields that are given must hold. */
function equal(columns: Readonly<Record<string, string | undefined>>): RawBuilder<unknown> {
  const given = Object.entries(columns).flatMap(([column, value]) =>
    value === undefined ? [] : [sql`${sql.ref(column)} = ${value}`],
  );
  return sql.join([sql`TRUE`, ...given], sql` AND `);
}

async function runCounts(query: Query, span: CountSpan, filter: RunCountsFilter): Promise<readonly RunCountsRow[]> {
  const at = sql`started_at`;
  const { rows } = await sql<RunCountsRow>`
    SELECT workload, at, sum(runs)::bigint AS runs, json_object_agg(state, runs) AS states,
      sum("in")::bigint AS "in", sum("out")::bigint AS "out", sum(failed)::bigint AS failed,
      sum(filtered)::bigint AS filtered, sum(waiting)::bigint AS waiting, sum(lost)::bigint AS lost
    FROM (
      SELECT workload, ${stepOf(span.step, at)} AS at, state, count(*) AS runs,
        coalesce(sum(rows_in), 0) AS "in", coalesce(sum(rows_out), 0) AS "out", coalesce(sum(rows_failed), 0) AS failed,
        coalesce(sum(rows_filtered), 0) AS filtered, coalesce(sum(rows_waiting), 0) AS waiting,
        coalesce(sum(lost) FILTER (WHERE state <> 'running'), 0) AS lost
      FROM platform.all_runs WHERE parent IS NULL AND ${within(at, span)} AND ${equal({ ...filter })}
      GROUP BY 1, 2, 3
    ) AS by_state
    GROUP BY workload, at ORDER BY at, workload`.execute(query);
  return rows;
}

/**
 * From the counters, and from the ledger what could not be read: the same failure is one there, however often a stream
 * was told of it.
 */
async function streamCounts(
  query: Query,
  span: CountSpan,
  workload: string | undefined,
): Promise<readonly StreamCountsRow[]> {
  const { rows } = await sql<StreamCountsRow>`
    WITH failed AS (
      SELECT workload, source_name AS source, ${stepOf(span.step, sql`occurred_at`)} AS at, count(*) AS failed
      FROM platform.failures
      WHERE source_kind = 'stream' AND replay_of IS NULL AND ${within(sql`occurred_at`, span)}
        AND ${equal({ workload })}
      GROUP BY 1, 2, 3
    ), counted AS (
      SELECT workload, source, ${stepOf(span.step, sql`at`)} AS at, sum(rows_in) AS rows_in, sum(rows_out) AS rows_out,
        sum(rows_filtered) AS rows_filtered, sum(rows_failed) AS rows_failed
      FROM platform.stream_counts WHERE ${within(sql`at`, span)} AND ${equal({ workload })} GROUP BY 1, 2, 3
    ), matched AS (
      SELECT workload, at, rows_in, coalesce(rows_out, 0) AS "out", coalesce(rows_filtered, 0) AS filtered,
        coalesce(rows_failed, 0) + coalesce(failed, 0) AS failed,
        -- Where positions are counted, what failed is among them, in whichever hour it was written down.
        bool_or(rows_in IS NOT NULL) OVER (PARTITION BY workload, source) AS has_positions
      FROM counted FULL JOIN failed USING (workload, source, at)
    )
    SELECT workload, at, sum(CASE WHEN has_positions THEN coalesce(rows_in, 0) ELSE "out" + filtered + failed END)::bigint AS "in", sum("out")::bigint AS "out",
      sum(filtered)::bigint AS filtered, sum(failed)::bigint AS failed
    FROM matched GROUP BY workload, at ORDER BY at, workload`.execute(query);
  return rows;
}

async function failureCounts(
  query: Query,
  span: CountSpan,
  { workload, source, reason, state }: FailureCountsFilter,
): Promise<readonly FailureCountsRow[]> {
  const at = sql`occurred_at`;
  const { rows } = await sql<FailureCountsRow>`
    SELECT workload, reason, ${stepOf(span.step, at)} AS at, count(*) AS count
    FROM platform.failures
    WHERE ${within(at, span)} AND ${equal({ workload, source_name: source, reason, state })}
    GROUP BY 1, 2, 3 ORDER BY 3, 1, 2`.execute(query);
  return rows;
}

async function newestRuns(query: Query, workloads: readonly string[], each: number): Promise<readonly StripRun[]> {
  const { rows } = await sql<StripRun>`
    SELECT r.* FROM unnest(${workloads}::text[]) AS w (name) CROSS JOIN LATERAL (
      SELECT id, workload, name, kind, state, started_at, ended_at,
        CASE WHEN task_id IS NULL AND state = 'running' THEN NULL ELSE lost END AS lost
      FROM platform.all_runs WHERE workload = w.name AND parent IS NULL ORDER BY started_at DESC LIMIT ${each}
    ) AS r ORDER BY r.started_at DESC, r.name`.execute(query);
  return rows;
}

async function newestSlots(query: Query, workloads: readonly string[], each: number): Promise<readonly StripSlot[]> {
  const { rows } = await sql<StripSlot>`
    SELECT workload, schedule, scheduled_at, state, run FROM (
      SELECT split_part(c.name, '/', 1) AS workload, s.schedule, s.scheduled_at, s.state, s.run,
        row_number() OVER (PARTITION BY split_part(c.name, '/', 1) ORDER BY s.scheduled_at DESC) AS place
      FROM platform.schedules c CROSS JOIN LATERAL (
        SELECT schedule, scheduled_at, state, run FROM platform.slots
        WHERE schedule = c.name ORDER BY scheduled_at DESC LIMIT ${each}
      ) AS s
    ) AS newest
    WHERE workload = ANY (${workloads}::text[]) AND place <= ${each} ORDER BY scheduled_at DESC, schedule`.execute(
    query,
  );
  return rows;
}
