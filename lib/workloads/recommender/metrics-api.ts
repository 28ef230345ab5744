import { Duration } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import * as contract from '../../../lambdas/recommender/contract.ts';
import { ApiHandler } from '../../constructs/api/api-handler.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { allowRuns } from '../../permissions/executions.ts';
import type { ApiPlatform } from '../workload.ts';
import { metricsTables } from './file-tables.ts';

/**
 * The routes of the metrics, and what starts a training: outside of the network, where Athena and Step Functions are; a
 * function inside answers for the database.
 */
export class MetricsApi extends Construct {
  constructor(scope: Construct, id: string, platform: ApiPlatform, machine: StateMachine) {
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
      env: {
        ...analytics.env(),
        ANSWER_NUMBERS_FUNCTION: answer.function.functionArn,
        TRAINING_STATE_MACHINE: machine.stateMachineArn,
      },
      impact:
        'Nobody sees CTR and conversion, or trains a model at once; both are done all the same, models each night.',
      severity: 'low',
      concurrency: 2,
    });
    metrics.allow(['lambda:InvokeFunction'], [answer.function.functionArn]);
    analytics.allowAsking(metrics, metricsTables);
    allowRuns(metrics, machine);
  }
}
