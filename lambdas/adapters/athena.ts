import { setTimeout as wait } from 'node:timers/promises';
import {
  AthenaClient,
  AthenaServiceException,
  BatchGetQueryExecutionCommand,
  GetQueryExecutionCommand,
  type GetQueryResultsOutput,
  InvalidRequestException,
  ListQueryExecutionsCommand,
  paginateGetQueryResults,
  type QueryExecution,
  QueryExecutionState,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
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
export function askAthena(place: AnalyticsPlace): AskAnalytics {
  return (sql) =>
    throttled(async () => {
      const id = await started(place, sql);
      await ended(id);
      return await rowsOf(id);
    });
}

async function started({ workGroup, database }: AnalyticsPlace, QueryString: string): Promise<string> {
  const starting = new StartQueryExecutionCommand({
    QueryString,
    WorkGroup: workGroup,
    QueryExecutionContext: { Database: database },
  });
  try {
    const { QueryExecutionId = '' } = await client().send(starting);
    return QueryExecutionId;
  } catch (error) {
    // Athena parses a text before it starts anything: `line 1:8: mismatched input`.
    if (error instanceof InvalidRequestException)
      throw new PermanentError(`Athena refused: ${error.message}`, { cause: error });
    throw error;
  }
}

async function throttled<T>(asking: () => Promise<T>): Promise<T> {
  try {
    return await asking();
  } catch (error) {
    if (error instanceof TooManyRequestsException)
      throw new ThrottledError('Athena is asked too much', { cause: error });
    throw error;
  }
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
  for await (const { columns, cells } of pagesOf(QueryExecutionId))
    for (const row of cells)
      rows.push(Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
  return rows;
}

interface ResultPage {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly cells: readonly (readonly (string | null)[])[];
}

async function* pagesOf(QueryExecutionId: string): AsyncGenerator<ResultPage> {
  let isFirst = true;
  for await (const page of paginateGetQueryResults({ client: client() }, { QueryExecutionId })) {
    yield pageOf(page, isFirst);
    isFirst = false;
  }
}

function pageOf({ ResultSet }: GetQueryResultsOutput, isFirst: boolean): ResultPage {
  const columns = (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name = '', Type = '' }) => {
    return { name: Name, type: Type };
  });
  // The first row of all is the names once more.
  const found = (ResultSet?.Rows ?? []).slice(isFirst ? 1 : 0);
  const cells = found.map(({ Data = [] }) => columns.map((_, index) => Data[index]?.VarCharValue ?? null));
  return { columns, cells };
}

const states = {
  QUEUED: 'running',
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  CANCELLED: 'stopped',
  FAILED: 'failed',
} as const;

/** A question that a person asked and looks at again. */
export interface AnalyticsQuery {
  readonly id: string;
  readonly sql: string;
  readonly state: (typeof states)[keyof typeof states];
  readonly reason: string | undefined;
  readonly asked: Date;
  readonly ended: Date | undefined;
  readonly scannedBytes: number;
}

// As many as are listed, and told of, at once.
const mostListed = 50;

/** Questions of one work group, which are started and looked at again: the caller does not wait. */
export function athenaQueries(place: AnalyticsPlace) {
  const { workGroup } = place;
  return {
    /** Throws {@link PermanentError} for a text that Athena can't parse. */
    start: (sql: string) => throttled(() => started(place, sql)),
    find: (id: string) => throttled(() => findQuery(id, workGroup)),
    recent: () => throttled(() => recentQueries(workGroup)),
    /** None where the answer is not kept any more. */
    rows: (id: string, most: RowBounds) => throttled(() => keptRows(id, most)),
    stop: (QueryExecutionId: string) =>
      throttled(async () => {
        await client().send(new StopQueryExecutionCommand({ QueryExecutionId }));
      }),
  };
}

/** None where it is another work group's. */
async function findQuery(QueryExecutionId: string, workGroup: string): Promise<AnalyticsQuery | undefined> {
  try {
    const { QueryExecution } = await client().send(new GetQueryExecutionCommand({ QueryExecutionId }));
    return QueryExecution?.WorkGroup === workGroup ? queryOf(QueryExecution) : undefined;
  } catch (error) {
    if (error instanceof InvalidRequestException || isOfAnother(error, workGroup)) return undefined;
    throw error;
  }
}

/** IAM refuses a query of another work group by that group's name; with ours in it, what is wrong is our own permission. */
function isOfAnother(error: unknown, workGroup: string): boolean {
  if (!(error instanceof AthenaServiceException) || error.name !== 'AccessDeniedException') return false;
  const [, named] = /workgroup\/([\w.-]+)/.exec(error.message) ?? [];
  return named !== undefined && named !== workGroup;
}

async function recentQueries(WorkGroup: string): Promise<readonly AnalyticsQuery[]> {
  const listing = new ListQueryExecutionsCommand({ WorkGroup, MaxResults: mostListed });
  const { QueryExecutionIds = [] } = await client().send(listing);
  if (QueryExecutionIds.length === 0) return [];
  const { QueryExecutions = [] } = await client().send(new BatchGetQueryExecutionCommand({ QueryExecutionIds }));
  return QueryExecutions.map(queryOf);
}

function queryOf({ QueryExecutionId = '', Query = '', Status, Statistics }: QueryExecution): AnalyticsQuery {
  return {
    id: QueryExecutionId,
    sql: Query,
    state: states[Status?.State ?? 'RUNNING'],
    reason: Status?.StateChangeReason,
    asked: Status?.SubmissionDateTime ?? new Date(0),
    ended: Status?.CompletionDateTime,
    scannedBytes: Statistics?.DataScannedInBytes ?? 0,
  };
}

interface RowBounds {
  readonly rows: number;
  readonly characters: number;
}

/** Athena tells of a question for 45 days, and has its answer only as long as the bucket keeps the object. */
async function keptRows(id: string, most: RowBounds) {
  try {
    return await firstRows(id, most);
  } catch (error) {
    if (error instanceof InvalidRequestException) return undefined;
    throw error;
  }
}

/** The first rows that are not more than `most`; pages behind them are not read. */
async function firstRows(id: string, most: RowBounds) {
  let columns: ResultPage['columns'] = [];
  const rows: (readonly (string | null)[])[] = [];
  let characters = 0;
  for await (const page of pagesOf(id)) {
    columns = page.columns;
    for (const row of page.cells) {
      characters += row.reduce((sum, cell) => sum + (cell?.length ?? 0), 0);
      if (rows.length === most.rows || characters > most.characters) return { columns, rows, isCut: true };
      rows.push(row);
    }
  }
  return { columns, rows, isCut: false };
}
