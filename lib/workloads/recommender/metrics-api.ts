import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import * as contract from '../../../lambdas/recommender/contract.ts';
import { ApiHandler } from '../../constructs/api/api-handler.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import type { ApiPlatform } from '../workload.ts';
import { behaviorTable } from './behavior-table.ts';

/** The routes of the metrics: outside of the network, where Athena is; a function inside answers for the database. */
export class MetricsApi extends Construct {
  constructor(scope: Construct, id: string, platform: ApiPlatform) {
    super(scope, id);
    const { database, analytics } = platform;
    const impact = 'Nobody sees CTR and conversion; they are counted all the same.';
    const answer = new HandlerFunction(this, 'Answer', {
      handler: 'recommender/answer-numbers',
      contract: contract.answerNumbersEnv,
      env: { DATABASE_URL: database.url, HOT_DAYS: String(environmentOf(this).workloads.recommender.hotDays) },
      impact,
      severity: 'low',
      // Below the gateway's half minute, of which the caller has some for itself.
      timeout: Duration.seconds(25),
      concurrency: 2,
      database,
    });
    const metrics = new ApiHandler(this, 'Api', {
      platform,
      noRoom: contract.noRoom,
      handler: 'recommender/metrics-api',
      contract: contract.metricsApiEnv,
      routes: contract.metricsRoutes,
      env: { ...analytics.env, ANSWER_NUMBERS_FUNCTION: answer.function.functionArn },
      impact,
      severity: 'low',
      concurrency: 2,
    });
    metrics.allow(['lambda:InvokeFunction'], [answer.function.functionArn]);
    analytics.allowAsking(metrics, behaviorTable);
  }
}
