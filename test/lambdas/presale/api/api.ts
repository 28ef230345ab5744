import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { z } from 'zod';
import type { Database } from '../../../../lambdas/adapters/database.ts';
import { apiHandler } from '../../../../lambdas/kit/api-handler.ts';
import { readApi } from '../../../../lambdas/presale/api/read-api.ts';
import { dealReader } from '../../../../lambdas/presale/stores/deal-store.ts';
import { problemBook } from '../../../../lambdas/presale/stores/problem-book-store.ts';
import { runReader } from '../../../../lambdas/presale/stores/run-reader-store.ts';
import type { DealRow, PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { asOperator } from '../../../support/lambda.ts';

/** As far as the tests look into it; what an answer lacks is undefined at run time. */
interface AnswerBody {
  readonly error: string;
  readonly message: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly result: Row & { readonly data: readonly Row[]; readonly results: readonly Row[]; readonly total: number };
}

/** A deal, or a group of the statistics. */
type Row = DealRow & { readonly count: number };

/** What a client sees: the status, and the body as it parses. */
export interface Answer {
  readonly status: number;
  readonly body: AnswerBody;
}

/** The reading routes over a database, called as API Gateway calls them. */
export function readingApi(database: Database<PresaleTables>, now = new Date('2022-12-01T00:00:00Z')) {
  const handler = apiHandler({
    env: z.object({}),
    authenticate: asOperator,
    services: () => ({
      deals: dealReader(database),
      runs: runReader(database),
      problems: problemBook(database),
      clock: () => now,
    }),
    routes: readApi,
  });
  return async (
    routeKey: string,
    query: Readonly<Record<string, string>> = {},
    path: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const event = {
      routeKey,
      headers: {},
      queryStringParameters: query,
      pathParameters: path,
      requestContext: { requestId: 'r', http: { method: 'GET' } },
    };
    const answer = await handler(event as unknown as APIGatewayProxyEventV2, { functionName: 'read-api' } as Context);
    return { status: answer.statusCode ?? 0, body: JSON.parse(String(answer.body)) };
  };
}
