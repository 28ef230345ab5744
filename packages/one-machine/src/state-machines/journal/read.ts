import type pg from 'pg';
import type { ExecutionDescription, HistoryEvent, Status } from '../execution.ts';

/** A running execution as it was left; `definition` is the one it was started with. */
export interface StoredExecution {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly machine_arn: string;
  readonly machine_name: string;
  readonly role_arn: string;
  readonly definition: object;
  readonly input: unknown;
  readonly started_at: Date;
  readonly last_event: number;
}

export interface StoredFrame {
  readonly execution_id: string;
  readonly path: string;
  readonly state: string;
  readonly entered_at: Date;
  readonly wake_at: Date | null;
  readonly entered_event: number;
  readonly entered_after: number;
  readonly last_event: number;
  readonly finished: boolean;
  readonly input: unknown;
  readonly variables: Record<string, unknown>;
  readonly retries: number[];
  readonly fan_out: unknown;
  readonly output: unknown;
}

export async function nextOwner(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ owner: string }>("select nextval('local.owners') as owner");
  return rows[0]?.owner ?? '';
}

/** Takes over the running executions that aren't at work here, with their frames in order of path. */
export async function takeOver(
  pool: pg.Pool,
  owner: string,
  atWork: readonly string[],
): Promise<{ executions: StoredExecution[]; frames: StoredFrame[] }> {
  // The update waits for a statement of the former owner that is still under way; later ones find its owner gone.
  const executions = await pool.query<{ id: string }>(
    `update local.executions set owner = $1 where status = 'RUNNING' and arn <> all($2) returning id`,
    [owner, atWork],
  );
  const ids = executions.rows.map(({ id }) => id);
  const stored = await pool.query<StoredExecution>(
    `select id, arn, name, machine_arn, machine_name, role_arn, definition, input, started_at,
       (select max(events.id) from local.events where execution_id = executions.id) as last_event
     from local.executions where id = any($1) order by id`,
    [ids],
  );
  const frames = await pool.query<StoredFrame>(
    'select * from local.frames where execution_id = any($1) order by execution_id, length(path), path',
    [ids],
  );
  return { executions: stored.rows, frames: frames.rows };
}

const described = `
  id, arn as "executionArn", machine_arn as "stateMachineArn", machine_name as "stateMachineName", name, status,
  started_at as "startDate", stopped_at as "stopDate", input, output, error, cause`;

interface DescribedRow extends Omit<ExecutionDescription, 'stopDate' | 'output' | 'error' | 'cause'> {
  readonly id: string;
  readonly stopDate: Date | null;
  readonly output: unknown;
  readonly error: string | null;
  readonly cause: string | null;
}

export async function describe(pool: pg.Pool, arn: string): Promise<ExecutionDescription | undefined> {
  const { rows } = await pool.query<DescribedRow>(`select ${described} from local.executions where arn = $1`, [arn]);
  return rows[0] && description(rows[0]);
}

/** The definition that an execution was started with. */
export async function definitionOf(
  pool: pg.Pool,
  arn: string,
): Promise<Pick<StoredExecution, 'definition' | 'role_arn'> | undefined> {
  const { rows } = await pool.query<Pick<StoredExecution, 'definition' | 'role_arn'>>(
    'select definition, role_arn from local.executions where arn = $1',
    [arn],
  );
  return rows[0];
}

/** Newest first. `next` continues the list. */
export async function list(
  pool: pg.Pool,
  {
    machineArn,
    status,
    limit = 100,
    before,
  }: { machineArn?: string; status?: Status; limit?: number; before?: string | undefined },
): Promise<{ executions: ExecutionDescription[]; next: string | undefined }> {
  const { rows } = await pool.query<DescribedRow>(
    `select ${described} from local.executions
     where ($1::text is null or machine_arn = $1) and ($2::text is null or status = $2)
       and ($3::bigint is null or id < $3)
     order by id desc limit $4`,
    [machineArn ?? null, status ?? null, before ?? null, limit + 1],
  );
  const page = rows.slice(0, limit);
  return { executions: page.map(description), next: rows.length > limit ? page.at(-1)?.id : undefined };
}

/** Events after (or, in reverse order, before) a given one. */
export async function history(
  pool: pg.Pool,
  arn: string,
  {
    limit = 25_000,
    reverse = false,
    beyond,
  }: { limit?: number; reverse?: boolean | undefined; beyond?: number | undefined } = {},
): Promise<HistoryEvent[]> {
  const { rows } = await pool.query<HistoryEvent>(
    `select events.id, at, type, previous, details from local.events
     join local.executions on executions.id = execution_id
     where arn = $1 and ($2::integer is null or (case when $4 then events.id < $2 else events.id > $2 end))
     order by case when $4 then -events.id else events.id end limit $3`,
    [arn, beyond ?? null, limit, reverse],
  );
  return rows.map((row) => ({ ...row, details: row.details ?? undefined }));
}

/** Ended executions whose end was not told yet: the runtime died in between. */
export async function unannounced(pool: pg.Pool): Promise<ExecutionDescription[]> {
  const { rows } = await pool.query<DescribedRow>(
    `select ${described} from local.executions where status <> 'RUNNING' and not announced order by id`,
  );
  return rows.map(description);
}

export async function markAnnounced(pool: pg.Pool, arn: string): Promise<void> {
  await pool.query('update local.executions set announced = true where arn = $1', [arn]);
}

function description({ id: _, stopDate, output, error, cause, ...row }: DescribedRow): ExecutionDescription {
  return {
    ...row,
    ...(stopDate === null ? {} : { stopDate }),
    ...(row.status === 'SUCCEEDED' ? { output } : {}),
    ...(error === null ? {} : { error }),
    ...(cause === null ? {} : { cause }),
  };
}
