import { Construct } from 'constructs';
import { failuresApiEnv, failuresRoutes } from '../../../lambdas/platform/contract.ts';
import { ApiHandler, type ApiHandlerPlatform } from '../../constructs/api/api-handler.ts';
import type { Replays } from './replays.ts';

export interface FailuresApiProps {
  readonly platform: ApiHandlerPlatform;
  readonly replays: Replays;
}

/** The routes of the failure ledger. */
export class FailuresApi extends Construct {
  constructor(scope: Construct, id: string, { platform, replays }: FailuresApiProps) {
    super(scope, id);
    new ApiHandler(this, 'Api', {
      platform,
      handler: 'platform/failures-api',
      contract: failuresApiEnv,
      routes: failuresRoutes,
      env: { REPLAYS_QUEUE_URL: replays.queue.queueUrl, REPLAY_MACHINE: replays.machine.stateMachineArn },
      impact: 'Nobody can look at what failed, do it again or give it up.',
      concurrency: 3,
      sends: [replays.queue],
    });
  }
}
