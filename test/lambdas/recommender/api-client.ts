import * as z from 'zod';
import type { Caller } from '#kit/api/authentication.ts';
import type { Route } from '#kit/api/route.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { recommenderEnvelope } from '../../../lambdas/recommender/api/envelope.ts';
import { httpRequest, lambdaContext } from '../../support/lambda.ts';

interface Asked {
  readonly tenant?: string;
  readonly user?: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Text is sent as it is. */
  readonly body?: object | string;
}

/** Asks routes as the gateway does, through the recommender's envelope; resolves to the answer's body. */
export function clientOf<R extends string, P extends object>(
  routes: Readonly<Record<R, Route<P>>>,
  ports: P,
  caller: Caller,
) {
  const handler = apiHandler({
    env: z.object({}),
    authenticate: () => async () => caller,
    services: () => ports,
    routes,
    envelope: recommenderEnvelope,
  });
  return async (routeKey: R, { tenant = 't1', user, path = {}, query = {}, body = {} }: Asked = {}) => {
    const [method = '', rawPath = ''] = routeKey.split(' ');
    const { requestContext, ...event } = httpRequest();
    const answered = await handler(
      {
        ...event,
        routeKey,
        rawPath,
        rawQueryString: new URLSearchParams(query).toString(),
        queryStringParameters: { ...query },
        headers: { ...event.headers, 'x-tenant-id': tenant, ...(user === undefined ? {} : { 'x-user-id': user }) },
        requestContext: { ...requestContext, http: { ...requestContext.http, method } },
        pathParameters: path,
        ...(method === 'GET' || method === 'DELETE'
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
      lambdaContext(),
    );
    return JSON.parse(answered.body ?? '');
  };
}
