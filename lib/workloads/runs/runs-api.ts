import { Construct } from 'constructs';
import { runsApiEnv, runsRoutes } from '../../../lambdas/platform/contract.ts';
import type { Callers } from '../../constructs/api/callers.ts';
import { apiTimeout, type HttpApi } from '../../constructs/api/http-api.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import type { Slots } from './slots.ts';

export interface RunsApiProps {
  readonly api: HttpApi;
  readonly database: Database;
  readonly callers: Callers;
  readonly slots: Slots;
}

/** The routes of runs, slots and backfills. */
export class RunsApi extends Construct {
  constructor(scope: Construct, id: string, { api, database, callers, slots }: RunsApiProps) {
    super(scope, id);
    const handler = new HandlerFunction(this, 'Api', {
      handler: 'platform/runs-api',
      contract: runsApiEnv,
      env: {
        DATABASE_URL: database.url,
        ...callers.env,
        BACKFILLS_QUEUE_URL: slots.backfills.queueUrl,
        SCHEDULES: slots.schedules,
      },
      impact: 'Nobody can look at runs and slots, or start a backfill of a schedule.',
      timeout: apiTimeout,
      concurrency: 3,
      database,
    });
    callers.allow(handler);
    handler.allow(['sqs:SendMessage'], [slots.backfills.queueArn]);
    api.route(runsRoutes, handler);
  }
}
