import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { readApiEnv, readRoutes, startRoutes, startRunEnv } from '../../lambdas/presale/contract.ts';
import type { Database } from '../constructs/database.ts';
import { HandlerFunction } from '../constructs/handler-function.ts';
import { apiTimeout, type HttpApi } from '../constructs/http-api.ts';
import { allowRuns } from './presale.ts';

export interface PresaleApiProps {
  readonly api: HttpApi;
  readonly database: Database;
  readonly apiToken: ISecret;
  readonly stateMachine: StateMachine;
}

/** The routes of presale: deals, statistics, runs and problems to read; runs to start. */
export class PresaleApi extends Construct {
  constructor(scope: Construct, id: string, { api, database, apiToken, stateMachine }: PresaleApiProps) {
    super(scope, id);
    const API_TOKEN_SECRET = apiToken.secretArn;
    const read = new HandlerFunction(this, 'ReadApi', {
      handler: 'presale/read-api',
      contract: readApiEnv,
      env: { DATABASE_URL: database.url, API_TOKEN_SECRET },
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
      env: { PRESALE_STATE_MACHINE: stateMachine.stateMachineArn, API_TOKEN_SECRET },
      impact: 'Nobody can start a run or a backfill by the API.',
      timeout: apiTimeout,
      concurrency: 2,
    });
    allowRuns(start, stateMachine);
    for (const handler of [read, start]) handler.allow(['secretsmanager:GetSecretValue'], [apiToken.secretArn]);
    api.route(readRoutes, read);
    api.route(startRoutes, start);
  }
}
