import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { AthenaError } from './errors.ts';
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
};

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
    case 'StopQueryExecution':
      executions.stop(read(id, body).QueryExecutionId);
      return {};
    default:
      throw new AthenaError(501, 'NotImplemented', `${operation} is not supported on one machine.`);
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
    throw new AthenaError(400, 'InvalidRequestException', message);
  }
  const { columns } = answer;
  // The names are the first row of all.
  const all = [columns.map(({ name }) => name), ...answer.rows];
  const start = Number(NextToken);
  const rows = all.slice(start, start + MaxResults);
  const end = start + rows.length;
  return {
    UpdateCount: 0,
    ResultSet: {
      ResultSetMetadata: { ColumnInfo: columns.map(({ name, type }) => ({ Name: name, Label: name, Type: type })) },
      Rows: rows.map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) })),
    },
    ...(end < all.length ? { NextToken: String(end) } : {}),
  };
}

function read<T extends z.ZodType>(schema: T, body: string): z.infer<T> {
  const parsed = schema.safeParse(JSON.parse(body));
  if (!parsed.success) throw new AthenaError(400, 'InvalidRequestException', z.prettifyError(parsed.error));
  return parsed.data;
}
