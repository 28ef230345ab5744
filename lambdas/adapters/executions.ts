import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  ExecutionDoesNotExist,
  type HistoryEvent,
  paginateGetExecutionHistory,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { once } from '#kit/once.ts';

/** One entry of an execution's history, with the one member of `…EventDetails` that its type has. */
export interface ExecutionEvent {
  readonly id: number;
  readonly previous: number;
  readonly at: Date;
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface FoundExecution {
  readonly arn: string;
  readonly status: 'running' | 'succeeded' | 'failed' | 'timed-out' | 'stopped';
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** An execution with what it is run by and all that it did. */
export interface ToldExecution extends FoundExecution {
  /** The state machine's own text, as it was when the execution began. */
  readonly definition: string;
  readonly events: readonly ExecutionEvent[];
  /** There are more events than are told. */
  readonly cut: boolean;
}

/** Executions of state machines by their names. */
export interface Executions {
  /** `undefined` when none of that machine has the name. Step Functions keeps them for 90 days. */
  find(machineArn: string, name: string): Promise<FoundExecution | undefined>;
  tell(execution: FoundExecution): Promise<ToldExecution>;
  stop(execution: FoundExecution, reason: { readonly error: string; readonly cause: string }): Promise<void>;
}

const client = once(() => new SFNClient({}));

const pageSize = 1000;

// A run of a day with a round each hour has a few thousand; the whole of 25,000 would take longer than the gateway waits.
const mostEvents = 10_000;

const statuses: Readonly<Record<string, FoundExecution['status']>> = {
  RUNNING: 'running',
  PENDING_REDRIVE: 'running',
  SUCCEEDED: 'succeeded',
  TIMED_OUT: 'timed-out',
  ABORTED: 'stopped',
};

/** Executions as Step Functions tells of them. */
export function executions(): Executions {
  return {
    find,
    async tell(execution) {
      const { arn: executionArn } = execution;
      const { definition = '{}' } = await client().send(new DescribeStateMachineForExecutionCommand({ executionArn }));
      const events: ExecutionEvent[] = [];
      const pages = paginateGetExecutionHistory({ client: client(), pageSize }, { executionArn });
      for await (const page of pages) {
        events.push(...(page.events ?? []).map(eventOf));
        if (events.length >= mostEvents) break;
      }
      return { ...execution, definition, events, cut: events.length >= mostEvents };
    },
    async stop({ arn: executionArn }, { error, cause }) {
      await client().send(new StopExecutionCommand({ executionArn, error, cause }));
    },
  };
}

async function find(machineArn: string, name: string): Promise<FoundExecution | undefined> {
  const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  try {
    const told = await client().send(new DescribeExecutionCommand({ executionArn: arn }));
    const { status = '', startDate = new Date(0), stopDate, error, cause } = told;
    return { arn, status: statuses[status] ?? 'failed', startedAt: startDate, endedAt: stopDate, error, cause };
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

function eventOf({
  id = 0,
  previousEventId = 0,
  timestamp = new Date(0),
  type,
  ...members
}: HistoryEvent): ExecutionEvent {
  const details = Object.entries(members).find(([name, value]) => name.endsWith('EventDetails') && value !== undefined);
  return {
    id,
    previous: previousEventId,
    at: timestamp,
    type: type ?? '',
    details: { ...(details?.[1] as object | undefined) },
  };
}
