import { type QueryExecutorProvider, sql } from 'kysely';

/** One piece of a backfill, started on its own. */
export interface BackfillItem {
  /** Name of its run, or the time of its slot. */
  readonly name: string;
  readonly scheduledAt?: Date | undefined;
  /** ARN of the function or state machine that starts it. */
  readonly door: string;
  /** The JSON event for the door, made of the backfill's id and the item. */
  readonly start: (backfillId: number) => { readonly execution: string; readonly input: string };
}

/** A range of work to be done by hand, one piece after another, in the order given. */
export interface NewBackfill {
  readonly workload: string;
  /** What it is a range of: a schedule's name, or a kind of run. */
  readonly subject: string;
  readonly who: string;
  readonly items: readonly BackfillItem[];
}

/** The estimated effort of a backfill, from past runs. */
export interface Estimate {
  /** Pieces of the range, those of them that have run, and those that would be started. */
  readonly items: number;
  readonly have_run: number;
  readonly to_start: number;
  /** How many earlier runs it rests on. */
  readonly earlier_runs: number;
  readonly minutes: number | 'unknown';
  readonly cost_usd: number | 'unknown';
}

/** The runs to judge by: of a kind, or of a schedule's slots. */
export type EarlierRuns =
  | { readonly workload: string; readonly kind: string }
  | { readonly workload: string; readonly schedule: string };

/** What `toStart` of `items` pieces would take: medians of the earlier runs that succeeded, never an invented number. */
export async function estimateBackfill(
  query: QueryExecutorProvider,
  earlier: EarlierRuns,
  { items, toStart }: { readonly items: number; readonly toStart: number },
): Promise<Estimate> {
  const alike =
    'kind' in earlier
      ? sql`kind = ${earlier.kind}`
      : sql`EXISTS (SELECT FROM platform.slots s
          WHERE s.schedule = ${earlier.schedule} AND s.workload = runs.workload AND s.run = runs.name)`;
  const { rows } = await sql<{ runs: number; seconds: number | null; cost: number | null }>`
    SELECT count(*) AS runs,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - started_at)) AS seconds,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY cost_usd) AS cost
    FROM platform.runs WHERE workload = ${earlier.workload} AND state = 'succeeded' AND ${alike}`.execute(query);
  const { runs = 0, seconds = null, cost = null } = rows[0] ?? {};
  return {
    items,
    have_run: items - toStart,
    to_start: toStart,
    earlier_runs: runs,
    minutes: seconds === null ? 'unknown' : rounded((Number(seconds) * toStart) / 60, 1),
    cost_usd: cost === null ? 'unknown' : rounded(Number(cost) * toStart, 4),
  };
}

/** Writes a backfill down in the caller's transaction; resolves to its id. What moves it is a {@link BackfillTurn}. */
export async function createBackfill(query: QueryExecutorProvider, backfill: NewBackfill): Promise<number> {
  const { workload, subject, who, items } = backfill;
  const { rows } = await sql<{ id: number }>`
    INSERT INTO platform.backfills (workload, subject, first, last, who)
    VALUES (${workload}, ${subject}, ${items[0]?.name ?? ''}, ${items.at(-1)?.name ?? ''}, ${who})
    RETURNING id`.execute(query);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('The backfill got no id');
  const written = items.map(({ name, scheduledAt, door, start }, index) => ({
    ordinal: index + 1,
    name,
    scheduled_at: scheduledAt ?? null,
    door,
    ...start(id),
  }));
  await sql`
    INSERT INTO platform.backfill_items (backfill_id, ordinal, name, scheduled_at, execution, door, input)
    SELECT ${id}, i.ordinal, i.name, i.scheduled_at, i.execution, i.door, i.input
    FROM json_to_recordset(${JSON.stringify(written)}) AS i (ordinal integer, name text, scheduled_at timestamptz,
      execution text, door text, input text)`.execute(query);
  return id;
}

/** The message that advances a backfill. Messages out of turn are ignored. */
export interface BackfillTurn {
  readonly backfill_id: number;
  readonly turn: number;
}

/** The first turn of a backfill that was just made. */
export function firstTurn(id: number): BackfillTurn {
  return { backfill_id: id, turn: 1 };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
