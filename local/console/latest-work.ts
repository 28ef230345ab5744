import pg from 'pg';
import { table, text } from './page.ts';

interface RunLine {
  readonly workload: string;
  readonly name: string;
  readonly state: string;
  readonly started_at: Date;
  readonly rows_in: string | null;
  readonly rows_out: string | null;
  readonly rows_failed: string | null;
  readonly rows_filtered: string | null;
  readonly rows_waiting: string | null;
  readonly lost: string | null;
}

interface FailureLine {
  readonly workload: string;
  readonly source_name: string;
  readonly reason: string;
  readonly failures: string;
  readonly last_at: Date;
}

interface SlotLine {
  readonly schedule: string;
  readonly scheduled_at: Date;
  readonly state: string;
  readonly run: string | null;
}

const connectTimeoutMs = 2000;
const lines = 8;
const failureLines = 20;

/** The newest runs and slots, and the open failures by reason, as tables; a sentence while the database is away. */
export async function latestWork(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: connectTimeoutMs });
  // A server that goes away meanwhile fails the query as well, and that is told.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const runs = await client.query<RunLine>(
      `SELECT workload, name, state, started_at, rows_in, rows_out, rows_failed, rows_filtered, rows_waiting, lost
       FROM platform.runs ORDER BY started_at DESC LIMIT ${lines}`,
    );
    const slots = await client.query<SlotLine>(
      `SELECT schedule, scheduled_at, state, run FROM platform.slots ORDER BY scheduled_at DESC LIMIT ${lines}`,
    );
    const failures = await client.query<FailureLine>(
      `SELECT workload, source_name, reason, count(*) AS failures, max(occurred_at) AS last_at FROM platform.failures
       WHERE state = 'open' GROUP BY workload, source_name, reason ORDER BY count(*) DESC LIMIT ${failureLines}`,
    );
    return `<h2>Runs</h2>${runTable(runs.rows)}
<h2>Open failures</h2>${failureTable(failures.rows)}
<h2>Slots</h2>${slotTable(slots.rows)}`;
  } catch (error) {
    return `<p>The database doesn't answer: ${text(String(error))}</p>`;
  } finally {
    // What was asked is answered; a connection that can't be closed is broken already.
    await client.end().catch(() => undefined);
  }
}

function runTable(rows: readonly RunLine[]): string {
  return table(
    ['Run', 'State', 'Started', 'In', 'Out', 'Failed', 'Filtered', 'Waiting', 'Lost'],
    rows.map((run) => [
      text(`${run.workload}/${run.name}`),
      text(run.state),
      text(run.started_at.toLocaleString()),
      ...[run.rows_in, run.rows_out, run.rows_failed, run.rows_filtered, run.rows_waiting, run.lost].map(
        (count) => count ?? '',
      ),
    ]),
  );
}

function failureTable(rows: readonly FailureLine[]): string {
  if (rows.length === 0) return '<p>None.</p>';
  return table(
    ['Workload', 'Source', 'Reason', 'Failures', 'Last'],
    rows.map(({ workload, source_name, reason, failures, last_at }) => [
      text(workload),
      text(source_name),
      `<a href="/failures?${text(new URLSearchParams({ workload, source: source_name, reason, state: 'open' }).toString())}">${text(reason)}</a>`,
      failures,
      text(last_at.toLocaleString()),
    ]),
  );
}

function slotTable(rows: readonly SlotLine[]): string {
  return table(
    ['Schedule', 'Slot', 'State', 'Run'],
    rows.map(({ schedule, scheduled_at, state, run }) => [
      text(schedule),
      text(scheduled_at.toISOString()),
      text(state),
      text(run ?? ''),
    ]),
  );
}
