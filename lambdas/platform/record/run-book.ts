import { type QueryExecutorProvider, sql } from 'kysely';
import { count } from '#kit/telemetry.ts';

/** A unit of work that people ask about: a publication, a brief, a task. */
export interface RunName {
  readonly workload: string;
  /** Unique within its workload; a run that is started again keeps it. */
  readonly name: string;
  /** Who works on it: a run opens again under another execution only. @default the name, for what runs only once */
  readonly execution?: string;
}

export interface OpenedRun extends RunName {
  /** What it is one of: `publication`, `season`. Estimates compare runs of one kind. */
  readonly kind: string;
  /** The schedule's slot that it belongs to. */
  readonly slot?: Date | undefined;
  /** Name of the run of the same workload that it is a part of. */
  readonly parent?: string | undefined;
  readonly startedAt: Date;
}

/** What became of everything that came in: in = out + failed + filtered + waiting, or something was lost. */
export interface RunCounts {
  readonly in: number;
  readonly out: number;
  readonly failed: number;
  readonly filtered: number;
  readonly waiting: number;
}

export interface ClosedRun extends RunName {
  /** `partial`: some of it is done, and the detail says what isn't. */
  readonly state: 'succeeded' | 'partial' | 'failed' | 'stopped';
  /** @default those that were added while it ran; without any, nothing is claimed about what was lost */
  readonly counts?: RunCounts | undefined;
  /** An estimate; `undefined` where there is none. */
  readonly costUsd?: number | undefined;
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

/** Writes a run into the book as running, in the caller's transaction. The same execution may say so twice. */
export function openRun(query: QueryExecutorProvider, run: OpenedRun): Promise<void> {
  return openRuns(query, [run]);
}

/** The same for many of different names. */
export async function openRuns(query: QueryExecutorProvider, runs: readonly OpenedRun[]): Promise<void> {
  if (runs.length === 0) return;
  const rows = runs.map(({ execution, startedAt, ...run }) => ({
    ...run,
    execution: execution ?? run.name,
    started_at: startedAt,
  }));
  await sql`
    INSERT INTO platform.runs (workload, name, kind, execution, slot, parent, started_at)
    SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS run (workload text, name text, kind text,
      execution text, slot timestamptz, parent text, started_at timestamptz)
    ORDER BY workload, name
    ON CONFLICT (workload, name) DO UPDATE
    SET kind = excluded.kind, execution = excluded.execution, slot = coalesce(excluded.slot, runs.slot),
      parent = coalesce(excluded.parent, runs.parent),
      state = 'running', started_at = excluded.started_at, ended_at = NULL, rows_in = NULL, rows_out = NULL,
      rows_failed = NULL, rows_filtered = NULL, rows_waiting = NULL, cost_usd = NULL, detail = '{}',
      waits_for = NULL, waits_until = NULL
    WHERE runs.execution <> excluded.execution`.execute(query);
}

/** What one piece of work adds to the counts of a run. */
export interface AddedCounts extends RunName {
  /** Names the piece, so that it counts once however often it is told: a page, a partition with its offset. */
  readonly key: string;
  readonly counts: Partial<RunCounts>;
}

const columns = [
  ['in', sql.ref('rows_in')],
  ['out', sql.ref('rows_out')],
  ['failed', sql.ref('rows_failed')],
  ['filtered', sql.ref('rows_filtered')],
  ['waiting', sql.ref('rows_waiting')],
] as const;

/**
 * Adds to the counts of a running run, in the caller's transaction; what counts no longer may be taken off (`waiting: -1`).
 * `known`: was added before. `closed`: the run has ended, is another execution's by now, or was never opened.
 */
export async function addCounts(
  query: QueryExecutorProvider,
  { workload, name, execution = name, key, counts }: AddedCounts,
): Promise<'added' | 'known' | 'closed'> {
  const { rows } = await sql<{ outcome: 'added' | 'known' }>`
    WITH run AS (
      -- Locked before it is added to: whoever closes or reopens it comes before or after.
      SELECT id FROM platform.runs
      WHERE workload = ${workload} AND name = ${name} AND execution = ${execution} AND state = 'running' FOR UPDATE
    ), addition AS (
      INSERT INTO platform.run_additions (run_id, execution, key) SELECT id, ${execution}, ${key} FROM run
      ON CONFLICT DO NOTHING RETURNING run_id
    ), added AS (
      UPDATE platform.runs SET ${sql.join(
        columns.map(([field, column]) => sql`${column} = coalesce(${column}, 0) + ${counts[field] ?? 0}`),
      )}
      WHERE id IN (SELECT run_id FROM addition)
    )
    SELECT CASE WHEN EXISTS (SELECT FROM addition) THEN 'added' ELSE 'known' END AS outcome FROM run`.execute(query);
  return rows[0]?.outcome ?? 'closed';
}

/** Sets counts of a running run to what was counted as a whole; those not given stay. Resolves to whether it runs. */
export async function setCounts(
  query: QueryExecutorProvider,
  { workload, name, execution = name, counts }: RunName & { readonly counts: Partial<RunCounts> },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE platform.runs SET ${sql.join(
      columns.map(([field, column]) => sql`${column} = coalesce(${counts[field] ?? null}, ${column}, 0)`),
    )}
    WHERE workload = ${workload} AND name = ${name} AND execution = ${execution} AND state = 'running'`.execute(query);
  return numAffectedRows === 1n;
}

/** The reason a run waits, and the latest time it waits until. */
export interface RunWait extends RunName {
  readonly reason: string;
  readonly until: Date;
}

/** Says of a running run what it waits for. A later wait replaces it; it is over at its end by itself. */
export async function noteWait(
  query: QueryExecutorProvider,
  { workload, name, execution = name, reason, until }: RunWait,
): Promise<void> {
  await sql`
    UPDATE platform.runs SET waits_for = ${reason}, waits_until = ${until}
    WHERE workload = ${workload} AND name = ${name} AND execution = ${execution} AND state = 'running'`.execute(query);
}

/** SQL: the wait of a row of platform.runs, as `waits_for` and `waits_until`; both null while it doesn't wait. */
export function waitOf(row: string) {
  const waits = sql`${sql.ref(`${row}.state`)} = 'running' AND ${sql.ref(`${row}.waits_until`)} > now()`;
  return sql`CASE WHEN ${waits} THEN ${sql.ref(`${row}.waits_for`)} END AS waits_for,
    CASE WHEN ${waits} THEN ${sql.ref(`${row}.waits_until`)} END AS waits_until`;
}

/** The summed counts of a run's parts, with the number of parts and of those still running. */
export async function sumOfParts(
  query: QueryExecutorProvider,
  { workload, name }: RunName,
): Promise<{ readonly runs: number; readonly running: number; readonly counts: RunCounts }> {
  const { rows } = await sql<{ runs: number; running: number } & RunCounts>`
    SELECT count(*) AS runs, count(*) FILTER (WHERE state = 'running') AS running, ${sql.join(
      columns.map(([field, column]) => sql`coalesce(sum(${column}), 0)::bigint AS ${sql.ref(field)}`),
    )}
    FROM platform.runs WHERE workload = ${workload} AND parent = ${name}`.execute(query);
  const { runs = 0, running = 0, in: taken = 0, out = 0, failed = 0, filtered = 0, waiting = 0 } = rows[0] ?? {};
  return { runs, running, counts: { in: taken, out, failed, filtered, waiting } };
}

/**
 * Closes a run in the caller's transaction, unless another execution has taken it over; resolves to how much of what
 * came in is unaccounted for (`undefined`: not known). Whatever that is but 0 counts as `ConservationBroken`.
 */
export async function closeRun(query: QueryExecutorProvider, run: ClosedRun): Promise<number | undefined> {
  const { workload, name, execution = name, state, counts, costUsd, detail } = run;
  const { rows } = await sql<{ lost: number | null }>`
    WITH closed AS (
      UPDATE platform.runs
      SET state = ${state}, ended_at = now(), ${sql.join(
        columns.map(([field, column]) => sql`${column} = coalesce(${counts?.[field] ?? null}, ${column})`),
      )},
        cost_usd = ${costUsd ?? null}, detail = ${JSON.stringify(detail ?? {})}::json
      WHERE workload = ${workload} AND name = ${name} AND execution = ${execution}
      RETURNING id, lost
    ), forgotten AS (
      DELETE FROM platform.run_additions a USING closed c WHERE a.run_id = c.id
    )
    SELECT lost FROM closed`.execute(query);
  const lost = rows[0]?.lost ?? undefined;
  if (lost !== undefined && lost !== 0) count('ConservationBroken');
  return lost;
}
