import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import * as contract from '../../../lambdas/presale/contract.ts';
import { ApiHandler } from '../../constructs/api/api-handler.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { allowRuns } from '../../permissions/executions.ts';
import type { ApiPlatform } from '../workload.ts';
import type { DealFiles } from './deal-files.ts';

export interface PresaleApiProps {
  readonly platform: ApiPlatform;
  readonly stateMachine: StateMachine;
  readonly files: DealFiles;
}

/** The routes of presale: deals, statistics, runs and problems to read; runs to start; problem rows to correct. */
export class PresaleApi extends Construct {
  constructor(scope: Construct, id: string, { platform, stateMachine, files }: PresaleApiProps) {
    super(scope, id);
    this.#read(platform);
    this.#start(platform, stateMachine);
    this.#backfill(platform, stateMachine);
    this.#correct(platform, files);
  }

  #read(platform: ApiPlatform): void {
    new ApiHandler(this, 'ReadApi', {
      platform,
      handler: 'presale/read-api',
      contract: contract.readApiEnv,
      routes: contract.readRoutes,
      env: {},
      impact: 'People who compare pre-sale prices get no answers.',
      severity: 'high',
      // One connection each: enough for a table with search, far below what the smallest cluster has.
      concurrency: 10,
      memory: 1024,
    });
  }

  #start(platform: ApiPlatform, stateMachine: StateMachine): void {
    const start = new ApiHandler(this, 'StartRun', {
      platform,
      handler: 'presale/start-run',
      contract: contract.startRunEnv,
      routes: contract.startRoutes,
      env: { PRESALE_STATE_MACHINE: stateMachine.stateMachineArn },
      impact: 'Nobody can start a run or a backfill by the API.',
      concurrency: 2,
    });
    allowRuns(start, stateMachine);
  }

  #correct(platform: ApiPlatform, files: DealFiles): void {
    const { raw } = platform;
    new ApiHandler(this, 'CorrectProblem', {
      platform,
      handler: 'presale/correct-problem',
      contract: contract.correctProblemEnv,
      routes: contract.correctRoutes,
      env: { RAW_BUCKET: raw.bucketName, ...files.env },
      impact: 'Nobody can correct problem rows by the API.',
      concurrency: 2,
      objects: { bucket: raw, write: ['presale/problems'] },
      sends: [files.queue],
    });
  }

  #backfill(platform: ApiPlatform, stateMachine: StateMachine): void {
    const { backfills } = platform;
    new ApiHandler(this, 'BackfillSeasons', {
      platform,
      handler: 'presale/backfill-seasons',
      contract: contract.backfillSeasonsEnv,
      routes: contract.backfillRoutes,
      env: {
        BACKFILLS_QUEUE_URL: backfills.queueUrl,
        PRESALE_COUNTIES: environmentOf(this).workloads.presale.counties.join(','),
        RUN_DOOR: stateMachine.stateMachineArn,
      },
      impact: 'Nobody can start a backfill of seasons; single ones can be started.',
      concurrency: 2,
      sends: [backfills],
    });
  }
}
