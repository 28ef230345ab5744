import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import {
  backfillRoutes,
  backfillSeasonsEnv,
  correctProblemEnv,
  correctRoutes,
  readApiEnv,
  readRoutes,
  startRoutes,
  startRunEnv,
} from '../../../lambdas/presale/contract.ts';
import type { Callers } from '../../constructs/api/callers.ts';
import { apiTimeout, type HttpApi } from '../../constructs/api/http-api.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';
import { allowRuns } from '../../permissions/executions.ts';

export interface PresaleApiProps {
  readonly api: HttpApi;
  readonly database: Database;
  readonly callers: Callers;
  readonly stateMachine: StateMachine;
  readonly raw: Bucket;
  /** Turns of backfills. */
  readonly backfills: Queue;
}

/** The routes of presale: deals, statistics, runs and problems to read; runs to start; problem rows to correct. */
export class PresaleApi extends Construct {
  constructor(scope: Construct, id: string, props: PresaleApiProps) {
    super(scope, id);
    const { api, database, callers, stateMachine, raw, backfills } = props;
    const read = new HandlerFunction(this, 'ReadApi', {
      handler: 'presale/read-api',
      contract: readApiEnv,
      env: { DATABASE_URL: database.url, ...callers.env },
      impact: 'People who compare pre-sale prices get no answers.',
      severity: 'high',
      timeout: apiTimeout,
      // One connection each: enough for a table with search, far below what the smallest cluster has.
      concurrency: 10,
      memory: 1024,
      database,
    });
    const start = new HandlerFunction(this, 'StartRun', {
      handler: 'presale/start-run',
      contract: startRunEnv,
      env: { PRESALE_STATE_MACHINE: stateMachine.stateMachineArn, ...callers.askingEnv },
      impact: 'Nobody can start a run or a backfill by the API.',
      timeout: apiTimeout,
      concurrency: 2,
    });
    const correct = new HandlerFunction(this, 'CorrectProblem', {
      handler: 'presale/correct-problem',
      contract: correctProblemEnv,
      env: { DATABASE_URL: database.url, RAW_BUCKET: raw.bucketName, ...callers.env },
      impact: 'Nobody can correct problem rows by the API.',
      timeout: apiTimeout,
      concurrency: 2,
      database,
    });
    const backfill = new HandlerFunction(this, 'BackfillSeasons', {
      handler: 'presale/backfill-seasons',
      contract: backfillSeasonsEnv,
      env: {
        DATABASE_URL: database.url,
        ...callers.env,
        BACKFILLS_QUEUE_URL: backfills.queueUrl,
        PRESALE_COUNTIES: environmentOf(this).workloads.presale.counties.join(','),
        RUN_DOOR: stateMachine.stateMachineArn,
      },
      impact: 'Nobody can start a backfill of seasons; single ones can be started.',
      timeout: apiTimeout,
      concurrency: 2,
      database,
    });
    backfill.allow(['sqs:SendMessage'], [backfills.queueArn]);
    allowRuns(start, stateMachine);
    allowObjects(correct, raw, { write: ['presale/problems'] });
    callers.allow(read, backfill, correct);
    callers.allowAsking(start);
    api.route(readRoutes, read);
    api.route(startRoutes, start);
    api.route(backfillRoutes, backfill);
    api.route(correctRoutes, correct);
  }
}
