import { Construct } from 'constructs';
import { failuresApiEnv, failuresRoutes } from '../../../lambdas/platform/contract.ts';
import type { Callers } from '../../constructs/api/callers.ts';
import { apiTimeout, type HttpApi } from '../../constructs/api/http-api.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import type { Replays } from './replays.ts';

export interface FailuresApiProps {
  readonly api: HttpApi;
  readonly database: Database;
  readonly callers: Callers;
  readonly replays: Replays;
}

/** The routes of the failure ledger. */
export class FailuresApi extends Construct {
  constructor(scope: Construct, id: string, { api, database, callers, replays }: FailuresApiProps) {
    super(scope, id);
    const handler = new HandlerFunction(this, 'Api', {
      handler: 'platform/failures-api',
      contract: failuresApiEnv,
      env: {
        DATABASE_URL: database.url,
        ...callers.env,
        REPLAYS_QUEUE_URL: replays.queue.queueUrl,
        REPLAY_MACHINE: replays.machine.stateMachineArn,
      },
      impact: 'Nobody can look at what failed, do it again or give it up.',
      timeout: apiTimeout,
      concurrency: 3,
      database,
    });
    callers.allow(handler);
    handler.allow(['sqs:SendMessage'], [replays.queue.queueArn]);
    api.route(failuresRoutes, handler);
  }
}
