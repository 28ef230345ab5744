import { setTimeout as wait } from 'node:timers/promises';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  paginateGetQueryResults,
  QueryExecutionState,
  StartQueryExecutionCommand,
  TooManyRequestsException,
} from '@aws-sdk/client-athena';
import { PermanentError, ThrottledError, TransientError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';

/** A row by its columns' names: everything is text, as Athena hands it over; null is none. */
export type AnalyticsRow = Readonly<Record<string, string | null>>;

/** Where questions are asked: a work group, with its bound on what a question may read, and a database of tables. */
export interface AnalyticsPlace {
  readonly workGroup: string;
  readonly database: string;
}

/**
 * Asks one question and waits for its answer. Throws {@link PermanentError} for one that can't be answered: wrong SQL, or
 * more to read than the work group allows; {@link ThrottledError} while too many are asked at once; {@link TransientError}
 * for a fault of Athena's own.
 */
export type AskAnalytics = (sql: string) => Promise<readonly AnalyticsRow[]>;

const client = once(() => new AthenaClient({}));

// Most answers are there within a second or two; asking more often only uses up the quota of calls.
const pauseMs = 200;

/** Questions to Athena, in its own database and work group. */
export function askAthena({ workGroup, database }: AnalyticsPlace): AskAnalytics {
  return async (QueryString) => {
    try {
      const { QueryExecutionId = '' } = await client().send(
        new StartQueryExecutionCommand({
          QueryString,
          WorkGroup: workGroup,
          QueryExecutionContext: { Database: database },
        }),
      );
      await ended(QueryExecutionId);
      return await rowsOf(QueryExecutionId);
    } catch (error) {
      if (error instanceof TooManyRequestsException)
        throw new ThrottledError('Athena is asked too much', { cause: error });
      throw error;
    }
  };
}

async function ended(QueryExecutionId: string): Promise<void> {
  for (;;) {
    const { QueryExecution } = await client().send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const { State, StateChangeReason = '', AthenaError } = QueryExecution?.Status ?? {};
    if (State === QueryExecutionState.SUCCEEDED) return;
    // Cancelled is what goes beyond the work group's bound.
    if (State === QueryExecutionState.CANCELLED) throw new PermanentError(`Athena stopped: ${StateChangeReason}`);
    if (State === QueryExecutionState.FAILED) {
      const Failure = AthenaError?.Retryable ? TransientError : PermanentError;
      throw new Failure(`Athena failed: ${StateChangeReason}`);
    }
    await wait(pauseMs);
  }
}

async function rowsOf(QueryExecutionId: string): Promise<AnalyticsRow[]> {
  const rows: AnalyticsRow[] = [];
  let isFirst = true;
  for await (const { ResultSet } of paginateGetQueryResults({ client: client() }, { QueryExecutionId })) {
    const names = (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name = '' }) => Name);
    // The first row of all is the names once more.
    const found = (ResultSet?.Rows ?? []).slice(isFirst ? 1 : 0);
    isFirst = false;
    for (const { Data = [] } of found)
      rows.push(Object.fromEntries(names.map((name, index) => [name, Data[index]?.VarCharValue ?? null])));
  }
  return rows;
}
