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
  /** `undefined` where nobody knows them: then nothing is claimed about what was lost. */
  readonly counts?: RunCounts | undefined;
  /** An estimate; `undefined` where there is none. */
  readonly costUsd?: number | undefined;
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

/** Writes a run into the book as running, in the caller's transaction. The same execution may say so twice. */
export async function openRun(query: QueryExecutorProvider, run: OpenedRun): Promise<void> {
  const { workload, name, kind, execution = name, slot, startedAt } = run;
  await sql`
    INSERT INTO platform.runs (workload, name, kind, execution, slot, started_at)
    VALUES (${workload}, ${name}, ${kind}, ${execution}, ${slot ?? null}, ${startedAt})
    ON CONFLICT (workload, name) DO UPDATE
    SET kind = excluded.kind, execution = excluded.execution, slot = coalesce(excluded.slot, runs.slot),
      state = 'running', started_at = excluded.started_at, ended_at = NULL, rows_in = NULL, rows_out = NULL,
      rows_failed = NULL, rows_filtered = NULL, rows_waiting = NULL, cost_usd = NULL, detail = '{}'
    WHERE runs.execution <> excluded.execution`.execute(query);
}

/**
 * Closes a run in the caller's transaction, unless another execution has taken it over; resolves to how much of what
 * came in is unaccounted for (`undefined`: nobody knows). Whatever that is but 0 counts as `ConservationBroken`.
 */
export async function closeRun(query: QueryExecutorProvider, run: ClosedRun): Promise<number | undefined> {
  const { workload, name, execution = name, state, counts, costUsd, detail } = run;
  const { rows } = await sql<{ lost: number | null }>`
    UPDATE platform.runs
    SET state = ${state}, ended_at = now(), rows_in = ${counts?.in ?? null}, rows_out = ${counts?.out ?? null},
      rows_failed = ${counts?.failed ?? null}, rows_filtered = ${counts?.filtered ?? null},
      rows_waiting = ${counts?.waiting ?? null}, cost_usd = ${costUsd ?? null},
      detail = ${JSON.stringify(detail ?? {})}::json
    WHERE workload = ${workload} AND name = ${name} AND execution = ${execution}
    RETURNING lost`.execute(query);
  const lost = rows[0]?.lost ?? undefined;
  if (lost !== undefined && lost !== 0) count('ConservationBroken');
  return lost;
}
