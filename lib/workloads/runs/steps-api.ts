import { Duration, Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { answerRunEnv, stepsApiEnv, stepsRoutes } from '../../../lambdas/platform/contract.ts';
import { ApiHandler, type ApiHandlerPlatform } from '../../constructs/api/api-handler.ts';
import { FailureBook } from '../../constructs/failure-book.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { allowStops, allowTelling } from '../../permissions/executions.ts';

const impact = 'Nobody can see what a run is doing, or stop it.';

/** The routes of a run's steps: outside of the network, where Step Functions is; a function inside answers for the database. */
export class StepsApi extends Construct {
  constructor(scope: Construct, id: string, platform: ApiHandlerPlatform) {
    super(scope, id);
    const { machines } = FailureBook.of(this);
    const stopping = machines.flatMap(({ stopped, ...entry }) => (stopped ? [{ ...entry, stopped }] : []));
    const closers = stopping.map(({ edge, stopped }) => [edge, stopped === 'nobody' ? '' : stopped.functionArn]);
    const asText = (value: object) => Stack.of(this).toJsonString(value);
    const answer = this.#answer(platform);
    const steps = new ApiHandler(this, 'Api', {
      platform,
      handler: 'platform/steps-api',
      contract: stepsApiEnv,
      routes: stepsRoutes,
      env: {
        ANSWER_RUN_FUNCTION: answer.functionArn,
        MACHINES: asText(Object.fromEntries(machines.map(({ edge, machine }) => [edge, machine.stateMachineArn]))),
        CLOSERS: asText(Object.fromEntries(closers)),
      },
      impact,
      // A long history is read whole, and a page that is open asks every few seconds.
      memory: 1024,
      concurrency: 3,
    });
    const functions = stopping.flatMap(({ stopped }) => (stopped === 'nobody' ? [] : [stopped.functionArn]));
    steps.allow(['lambda:InvokeFunction'], [answer.functionArn, ...functions]);
    for (const { machine } of machines) allowTelling(steps, machine);
    for (const { machine } of stopping) allowStops(steps, machine);
  }

  #answer({ database }: ApiHandlerPlatform): IFunction {
    const { function: answer } = new HandlerFunction(this, 'Answer', {
      handler: 'platform/answer-run',
      contract: answerRunEnv,
      env: { DATABASE_URL: database.url },
      impact,
      // Below the gateway's half minute, of which the caller has some for itself.
      timeout: Duration.seconds(20),
      concurrency: 3,
      database,
    });
    return answer;
  }
}
