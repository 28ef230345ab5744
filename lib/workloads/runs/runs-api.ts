import { Construct } from 'constructs';
import { runsApiEnv, runsRoutes } from '../../../lambdas/platform/contract.ts';
import { ApiHandler, type ApiHandlerPlatform } from '../../constructs/api/api-handler.ts';
import type { Slots } from './slots.ts';

export interface RunsApiProps {
  readonly platform: ApiHandlerPlatform;
  readonly slots: Slots;
}

/** The routes of runs, slots and backfills. */
export class RunsApi extends Construct {
  constructor(scope: Construct, id: string, { platform, slots }: RunsApiProps) {
    super(scope, id);
    new ApiHandler(this, 'Api', {
      platform,
      handler: 'platform/runs-api',
      contract: runsApiEnv,
      routes: runsRoutes,
      env: { BACKFILLS_QUEUE_URL: slots.backfills.queueUrl, SCHEDULES: slots.schedules },
      impact: 'Nobody can look at runs and slots, or start a backfill of a schedule.',
      concurrency: 3,
      sends: [slots.backfills],
    });
  }
}
