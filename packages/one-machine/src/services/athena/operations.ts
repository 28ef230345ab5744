import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { ServiceError } from '../service-error.ts';
import type { Execution, Executions } from './executions.ts';

const id = z.strictObject({ QueryExecutionId: z.string() });

// Strict: a parameter that would change the answer is refused, not ignored.
const inputs = {
  StartQueryExecution: z.strictObject({
    QueryString: z.string().min(1).max(262_144),
    WorkGroup: z.string(),
    QueryExecutionContext: z.strictObject({ Database: z.string(), Catalog: z.literal('AwsDataCatalog').optional() }),
    ClientRequestToken: z.string().min(32).max(128).optional(),
  }),
  GetQueryResults: z.strictObject({
    QueryExecutionId: z.string(),
    NextToken: z.string().optional(),
    MaxResults: z.int().min(1).max(1000).optional(),
  }),
  ListQueryExecutions: z.strictObject({ WorkGroup: z.string(), MaxResults: z.int().min(0).max(50).optional() }),
  BatchGetQueryExecution: z.strictObject({ QueryExecutionIds: z.array(z.string()).min(1).max(50) }),
};

// As many as one answer of Athena's lists.
const mostListed = 50;

/** Answers one request of the JSON 1.1 protocol. */
export function answerTo(executions: Executions, headers: IncomingHttpHeaders, body: string): object {
  const operation = /^AmazonAthena\.(\w+)$/.exec(String(headers['x-amz-target'] ?? ''))?.[1];
  switch (operation) {
    case 'StartQueryExecution': {
      const given = read(inputs.StartQueryExecution, body);
      const { id: QueryExecutionId } = executions.start({
        sql: given.QueryString,
        workGroup: given.WorkGroup,
        database: given.QueryExecutionContext.Database,
        token: given.ClientRequestToken,
      });
      return { QueryExecutionId };
    }
    case 'GetQueryExecution':
      return { QueryExecution: executionOf(executions.find(read(id, body).QueryExecutionId)) };
    case 'GetQueryResults':
      return resultsOf(executions, read(inputs.GetQueryResults, body));
    case 'ListQueryExecutions': {
      const { WorkGroup, MaxResults = mostListed } = read(inputs.ListQueryExecutions, body);
      const listed = executions.of(WorkGroup).slice(0, MaxResults);
      return { QueryExecutionIds: listed.map(({ id: listedId }) => listedId) };
    }
    case 'BatchGetQueryExecution': {
      const { QueryExecutionIds } = read(inputs.BatchGetQueryExecution, body);
      return { QueryExecutions: QueryExecutionIds.map((one) => executionOf(executions.find(one))) };
    }
    case 'StopQueryExecution':
      executions.stop(read(id, body).QueryExecutionId);
      return {};
    default:
      throw new ServiceError(501, 'NotImplemented', `${operation} is not supported on one machine.`);
  }
}

function executionOf({ id, sql, workGroup, database, asked, ended, state, reason, answer }: Execution): object {
  return {
    QueryExecutionId: id,
    Query: sql,
    StatementType: 'DML',
    WorkGroup: workGroup,
    QueryExecutionContext: { Database: database },
    Status: {
      State: state,
      ...(reason === undefined ? {} : { StateChangeReason: reason }),
      SubmissionDateTime: asked / 1000,
      ...(ended === undefined ? {} : { CompletionDateTime: ended / 1000 }),
    },
    Statistics: {
      DataScannedInBytes: answer?.scannedBytes ?? 0,
      ...(ended === undefined ? {} : { EngineExecutionTimeInMillis: ended - asked }),
    },
  };
}

function resultsOf(executions: Executions, input: z.infer<typeof inputs.GetQueryResults>): object {
  const { QueryExecutionId, NextToken = '0', MaxResults = 1000 } = input;
  const { state, answer } = executions.find(QueryExecutionId);
  if (state !== 'SUCCEEDED' || !answer) {
    const message = `Query did not finish successfully. Final query state: ${state}`;
    throw new ServiceError(400, 'InvalidRequestException', message);
  }
  const { columns } = answer;
  // The names are the first row of all.
  const all = [columns.map(({ name }) => name), ...answer.rows];
  const start = Number(NextToken);
  const rows = all.slice(start, start + MaxResults);
  const end = start + rows.length;
  // Never fewer than there are without a word: a caller that wants them all is told.
  if (answer.isCut && start >= all.length)
    throw new ServiceError(
      400,
      'InvalidRequestException',
      `One machine keeps the first ${answer.rows.length} rows of an answer.`,
    );
  return {
    UpdateCount: 0,
    ResultSet: {
      ResultSetMetadata: { ColumnInfo: columns.map(({ name, type }) => ({ Name: name, Label: name, Type: type })) },
      Rows: rows.map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) })),
    },
    ...(end < all.length || answer.isCut ? { NextToken: String(end) } : {}),
  };
}

function read<T extends z.ZodType>(schema: T, body: string): z.infer<T> {
  const parsed = schema.safeParse(JSON.parse(body));
  if (!parsed.success) throw new ServiceError(400, 'InvalidRequestException', z.prettifyError(parsed.error));
  return parsed.data;
}
