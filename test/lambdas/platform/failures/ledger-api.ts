import type { Context } from 'aws-lambda';
import { sql } from 'kysely';
import { z } from 'zod';
import { apiHandler } from '#kit/api-handler.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { recordFailures } from '#record/failure-ledger.ts';
import type { ReplayMessage } from '../../../../lambdas/platform/contract.ts';
import { failuresApi } from '../../../../lambdas/platform/failures/api.ts';
import { ledger } from '../../../../lambdas/platform/failures/ledger-store.ts';
import type { PlatformTables } from '../../../../lambdas/platform/failures/matching-store.ts';
import { replays } from '../../../../lambdas/platform/failures/replays/replays-store.ts';
import type { TestDatabase } from '../../../support/database.ts';
import { asOperator, httpRequest } from '../../../support/lambda.ts';

/** What a test asks with: the routes on a database of its own, and where replays go. */
export interface LedgerApi {
  ask(
    routeKey: string,
    given?: { query?: Record<string, string>; id?: string | undefined; body?: object | string },
  ): Promise<{ status: number | undefined; body: ReturnType<typeof JSON.parse> }>;
  /** Records a failure; ids count from 1, a minute apart. */
  failed(changes?: Partial<NewFailure>): Promise<void>;
}

/** The routes of the ledger as API Gateway calls them, for an operator. */
export function ledgerApi(
  database: TestDatabase<PlatformTables>,
  sendReplay: (replay: ReplayMessage) => Promise<void>,
): LedgerApi {
  const handler = apiHandler({
    env: z.object({}),
    authenticate: asOperator,
    services: () => ({
      ledger: ledger(database.app),
      replays: replays(database.app),
      machine: 'arn:aws:states:r:0:stateMachine:replay',
      sendReplay,
    }),
    routes: failuresApi,
  });
  return {
    async ask(routeKey, given = {}) {
      const event = httpRequest({
        routeKey,
        queryStringParameters: given.query ?? {},
        pathParameters: given.id === undefined ? {} : { id: given.id },
        ...(given.body === 'none'
          ? {}
          : { body: typeof given.body === 'string' ? given.body : JSON.stringify(given.body ?? {}) }),
      });
      if (given.body === 'none') delete event.body;
      const answer = await handler(event, { functionName: 'failures-api' } as Context);
      return { status: answer.statusCode, body: JSON.parse(String(answer.body)) };
    },
    async failed(changes = {}) {
      const counted = sql<{ next: number }>`SELECT count(*) + 1 AS next FROM platform.failures`;
      const { rows } = await counted.execute(database.app.query);
      const next = rows[0]?.next ?? 1;
      const sample: NewFailure = {
        naturalKey: `k-${next}`,
        workload: 'presale',
        sourceKind: 'queue',
        sourceName: 'start',
        reason: 'Away',
        message: 'm',
        input: '{"a":1}',
        attributes: {},
        occurredAt: new Date(Date.UTC(2026, 10, 21, 0, next)),
        ...changes,
      };
      await recordFailures(database.app.query, [sample], { put: async () => undefined });
    },
  };
}
