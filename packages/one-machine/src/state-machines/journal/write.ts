import type pg from 'pg';
import type { Execution, HistoryEvent } from '../execution.ts';
import type { Change, FrameRow } from '../interpreter/run.ts';
import { whenReachable } from './reachable.ts';

/** Another runtime has taken over this execution: this process must leave it alone. */
export class OwnershipLost extends Error {
  override readonly name = 'OwnershipLost';
}

const frameColumns =
  'path, state, entered_at, wake_at, last_event, finished, input, variables, retries, fan_out, output, entered_event, entered_after';
const eventColumns = 'id, at, type, previous, details';

// Arrays as text and cast: the text of a JSON value reaches its `json` column unread, whatever is escaped in it.
const framesFrom = (from: number) => `
  select written_to.id, path, state, entered_at, wake_at, last_event, finished,
    input::json, variables::json, retries::json, fan_out::json, output::json, entered_event, entered_after
  from written_to, unnest($${from}::text[], $${from + 1}::text[], $${from + 2}::timestamptz[], $${from + 3}::timestamptz[],
    $${from + 4}::integer[], $${from + 5}::boolean[], $${from + 6}::text[], $${from + 7}::text[], $${from + 8}::text[],
    $${from + 9}::text[], $${from + 10}::text[], $${from + 11}::integer[], $${from + 12}::integer[]) as frame (${frameColumns})`;
const eventsFrom = (from: number) => `
  select written_to.id, event.id, at, type, previous, details::json
  from written_to, unnest($${from}::integer[], $${from + 1}::timestamptz[], $${from + 2}::text[], $${from + 3}::integer[],
    $${from + 4}::text[]) as event (${eventColumns})`;

/** One statement, hence one transaction and one round trip. Safe to repeat when its answer got lost. */
const commitChange = `
with written_to as materialized (
  select id from local.executions where id = $1 and owner = $2 for share
), removed as (
  delete from local.frames using written_to, unnest($3::text[]) as prefix
  where execution_id = written_to.id and starts_with(path, prefix)
), framed as (
  insert into local.frames (execution_id, ${frameColumns}) ${framesFrom(4)}
  on conflict (execution_id, path) do update set
    state = excluded.state, entered_at = excluded.entered_at, wake_at = excluded.wake_at,
    entered_event = excluded.entered_event, entered_after = excluded.entered_after, last_event = excluded.last_event, finished = excluded.finished, input = excluded.input,
    variables = excluded.variables, retries = excluded.retries, fan_out = excluded.fan_out, output = excluded.output
), noted as (
  insert into local.events (execution_id, ${eventColumns}) ${eventsFrom(17)} on conflict do nothing
), ended as (
  update local.executions set status = $22, stopped_at = $23, output = $24::json, error = $25, cause = $26
  from written_to where executions.id = written_to.id and $22::text is not null
)
select id from written_to`;

/** Nothing is inserted when the arn is taken: no row comes back. */
const createExecution = `
with written_to as (
  insert into local.executions
    (arn, name, machine_arn, machine_name, role_arn, definition, input, started_at, owner)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  on conflict (arn) do nothing
  returning id
), framed as (
  insert into local.frames (execution_id, ${frameColumns}) ${framesFrom(10)}
), noted as (
  insert into local.events (execution_id, ${eventColumns}) ${eventsFrom(23)}
)
select id from written_to`;

/** Makes a change durable; waits out a database that can't be reached. Throws OwnershipLost. */
export async function writeChange(
  pool: pg.Pool,
  { executionId, owner, signal }: { executionId: string; owner: string; signal: AbortSignal },
  { removed, frames, events, end }: Change,
): Promise<void> {
  const values = [
    executionId,
    owner,
    removed,
    ...frameValues(frames),
    ...eventValues(events),
    end?.status ?? null,
    end?.at ?? null,
    end?.output === undefined ? null : JSON.stringify(end.output),
    end?.error ?? null,
    end?.cause ?? null,
  ];
  const statement = { name: 'state-machines-commit', text: commitChange, values };
  const { rowCount } = await whenReachable(() => pool.query(statement), signal);
  if (rowCount !== 1) throw new OwnershipLost(`execution ${executionId} belongs to another runtime`);
}

/** Creates an execution that stands before its first state; undefined when the arn is taken. */
export async function writeExecution(
  pool: pg.Pool,
  execution: Omit<Execution, 'id' | 'definition'> & { readonly definition: object },
  first: { readonly owner: string; readonly frames: readonly FrameRow[]; readonly events: readonly HistoryEvent[] },
): Promise<string | undefined> {
  const { machine } = execution;
  const values = [
    execution.arn,
    execution.name,
    machine.arn,
    machine.name,
    machine.roleArn,
    JSON.stringify(execution.definition),
    JSON.stringify(execution.input),
    execution.startedAt,
    first.owner,
    ...frameValues(first.frames),
    ...eventValues(first.events),
  ];
  const statement = { name: 'state-machines-create', text: createExecution, values };
  const { rows } = await pool.query<{ id: string }>(statement);
  return rows[0]?.id;
}

function frameValues(frames: readonly FrameRow[]): unknown[] {
  return [
    frames.map(({ path }) => path),
    frames.map(({ state }) => state),
    frames.map(({ enteredAt }) => enteredAt),
    frames.map(({ wakeAt }) => wakeAt ?? null),
    frames.map(({ lastEvent }) => lastEvent),
    frames.map(({ finished }) => finished),
    frames.map(({ input }) => input),
    frames.map(({ variables }) => variables),
    frames.map(({ retries }) => retries),
    frames.map(({ fanOut }) => fanOut ?? null),
    frames.map(({ output }) => output ?? null),
    frames.map(({ enteredEvent }) => enteredEvent),
    frames.map(({ enteredAfter }) => enteredAfter),
  ];
}

function eventValues(events: readonly HistoryEvent[]): unknown[] {
  return [
    events.map(({ id }) => id),
    events.map(({ at }) => at),
    events.map(({ type }) => type),
    events.map(({ previous }) => previous),
    events.map(({ details }) => (details === undefined ? null : JSON.stringify(details))),
  ];
}
