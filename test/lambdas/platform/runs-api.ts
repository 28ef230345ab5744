import type { Context } from 'aws-lambda';
import { z } from 'zod';
import type { Caller } from '#kit/api/authentication.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { type RunsApiPorts, runsApi } from '../../../lambdas/platform/runs/api.ts';
import { httpRequest } from '../../support/lambda.ts';

export interface Asked {
  readonly query?: Readonly<Record<string, string>>;
  readonly path?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** @default an operator */
  readonly caller?: Pick<Caller, 'permissions' | 'tenants'>;
}

export type AskRuns = (
  routeKey: keyof typeof runsApi,
  given?: Asked,
) => Promise<{ readonly status: number | undefined; readonly body: ReturnType<typeof JSON.parse> }>;

const operator: Pick<Caller, 'permissions'> = { permissions: ['operate'] };

/** The routes of runs as API Gateway calls them. An answer that is not as the documentation has it is thrown. */
export function runsApiWith(ports: RunsApiPorts): AskRuns {
  return async (routeKey, { query = {}, path = {}, body, caller = operator } = {}) => {
    const handler = apiHandler({
      env: z.object({}),
      authenticate: () => async (): Promise<Caller> => ({ name: 'mei', scheme: 'bearer', ...caller }),
      services: () => ports,
      routes: runsApi,
    });
    const event = httpRequest({
      routeKey,
      queryStringParameters: query,
      pathParameters: path,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = await handler(event, { functionName: 'runs-api' } as Context);
    const said = JSON.parse(String(answer.body));
    const status = Number(answer.statusCode);
    const documented: Readonly<Record<number, z.ZodType>> = runsApi[routeKey].shape.answers;
    if (status < 400) documented[status]?.parse(said);
    return { status, body: said };
  };
}
