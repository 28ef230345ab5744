import pg from 'pg';
import { table, text } from './page.ts';

interface RunLine {
  readonly workload: string;
  readonly name: string;
  readonly state: string;
  readonly started_at: Date;
  readonly rows_in: string | null;
  readonly rows_out: string | null;
  readonly lost: string | null;
}

interface SlotLine {
  readonly schedule: string;
  readonly scheduled_at: Date;
  readonly state: string;
  readonly run: string | null;
}

const connectTimeoutMs = 2000;
const lines = 8;

/** The newest runs and slots of the book, as tables; a sentence while the database is away. */
export async function latestRuns(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: connectTimeoutMs });
  // A server that goes away meanwhile fails the query as well, and that is told.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const runs = await client.query<RunLine>(
      `SELECT workload, name, state, started_at, rows_in, rows_out, lost FROM platform.runs
       ORDER BY started_at DESC LIMIT ${lines}`,
    );
    const slots = await client.query<SlotLine>(
      `SELECT schedule, scheduled_at, state, run FROM platform.slots ORDER BY scheduled_at DESC LIMIT ${lines}`,
    );
    return `${runTable(runs.rows)}<h2>Slots</h2>${slotTable(slots.rows)}`;
  } catch (error) {
    return `<p>The database doesn't answer: ${text(String(error))}</p>`;
  } finally {
    // What was asked is answered; a connection that can't be closed is broken already.
    await client.end().catch(() => undefined);
  }
}

function runTable(rows: readonly RunLine[]): string {
  return table(
    ['Run', 'State', 'Started', 'In', 'Out', 'Lost'],
    rows.map(({ workload, name, state, started_at, rows_in, rows_out, lost }) => [
      text(`${workload}/${name}`),
      text(state),
      text(started_at.toLocaleString()),
      rows_in ?? '',
      rows_out ?? '',
      lost ?? '',
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
