import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { vi } from 'vitest';
import type { Caller } from '#kit/api/authentication.ts';
import request from '../../packages/one-machine/test/fixtures/http-get.json' with { type: 'json' };

/** What Lambda hands a handler beside its event. */
export function lambdaContext(remainingMs = 30_000): Context {
  const deadline = Date.now() + remainingMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'Millrace-test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:ap-northeast-1:000000000000:function:Millrace-test',
    memoryLimitInMB: '128',
    awsRequestId: '00000000-0000-4000-8000-000000000001',
    logGroupName: '/aws/lambda/Millrace-test',
    logStreamName: '2026/11/21/[$LATEST]0',
    getRemainingTimeInMillis: () => deadline - Date.now(),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

/** Whoever asks is an operator of this name: for tests of what routes do, not of who may call them. */
export const asOperator = () => async (): Promise<Caller> => ({
  name: 'operator',
  scheme: 'bearer',
  permissions: ['operate'],
});

/** A request as API Gateway's HTTP API sends it, with what the test changes; without a query, which few routes know. */
export function httpRequest(changes: Partial<APIGatewayProxyEventV2> = {}): APIGatewayProxyEventV2 {
  const { queryStringParameters: _ofDeals, ...event } = structuredClone(request);
  return { ...event, ...changes };
}

/** The parameters of the request as it was sent. */
export const queryOfDeals: Readonly<Record<string, string>> = request.queryStringParameters;

/** Keeps what is printed from now on until `vi.restoreAllMocks()`, whole and as JSON lines. */
export function printed(): { readonly text: () => string; readonly lines: () => Record<string, unknown>[] } {
  const chunks: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      chunks.push(String(chunk));
      return true;
    });
  }
  const text = () => chunks.join('');
  const isJson = (line: string) => line.startsWith('{');
  return {
    text,
    lines: () =>
      text()
        .split('\n')
        .filter(isJson)
        .map((line) => JSON.parse(line)),
  };
}
