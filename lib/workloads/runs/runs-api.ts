import { Construct } from 'constructs';
import { runsApiEnv, runsRoutes } from '../../../lambdas/platform/contract.ts';
import { ApiHandler, type ApiHandlerPlatform } from '../../constructs/api/api-handler.ts';
import type { Slots } from './slots.ts';
import { StepsApi } from './steps-api.ts';

export interface RunsApiProps {
  readonly platform: ApiHandlerPlatform;
  readonly slots: Slots;
  /** Names of the app's workloads. */
  readonly workloads: readonly string[];
}

/** The routes of runs and their steps, of slots, schedules and backfills. */
export class RunsApi extends Construct {
  constructor(scope: Construct, id: string, { platform, slots, workloads }: RunsApiProps) {
    super(scope, id);
    new StepsApi(this, 'Steps', platform);
    new ApiHandler(this, 'Api', {
      platform,
      handler: 'platform/runs-api',
      contract: runsApiEnv,
      routes: runsRoutes,
      env: {
        BACKFILLS_QUEUE_URL: slots.backfills.queueUrl,
        STARTS_QUEUE_URL: slots.starts.queueUrl,
        SWITCHES_QUEUE_URL: slots.switches.queueUrl,
        SCHEDULES: slots.schedules,
        WORKLOADS: [...workloads, 'platform'].join(','),
      },
      impact: 'Nobody can look at runs, slots and the overview, or start a backfill of a schedule.',
      // A page that is open asks every few seconds.
      concurrency: 6,
      sends: [slots.backfills, slots.starts, slots.switches],
    });
  }
}
