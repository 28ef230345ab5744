import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import * as z from 'zod';
import { type ApiAnswer, answerOf, problem, toGateway } from './api/api-response.ts';
import type { Authenticator } from './api/authentication.ts';
import { correlationHeader, correlationId, wellFormedId } from './correlation.ts';
import { readEnv } from './env.ts';
import { BodyTooLargeError, type InputFaults, type InputPlace, InvalidInputError } from './errors.ts';
import { instrumented } from './invocation.ts';
import { faultsByField } from './issues.ts';
import { once } from './once.ts';
import { asError, logger } from './telemetry.ts';

/** One route after its schemas: parses what came and answers. Made by {@link route}. */
export type Route<S> = (event: APIGatewayProxyEventV2, services: S) => Promise<ApiAnswer>;

/** The schemas of a route and what it does with what they let through. */
export interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, S> {
  readonly path?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly handle: (
    request: { readonly path: z.output<P>; readonly query: z.output<Q>; readonly body: z.output<B> },
    services: S,
  ) => Promise<ApiAnswer>;
}

export interface ApiSpec<E extends z.ZodObject, S> {
  readonly env: E;
  /** Who may call. `undefined` only for routes that tell nothing (health). */
  readonly authenticate: ((env: z.output<E>) => Authenticator) | undefined;
  readonly services: (env: z.output<E>) => S;
  /** By API Gateway's route key: `GET /apiv1/deals/{id}`. */
  readonly routes: Readonly<Record<string, Route<S>>>;
}

/** Ties a route's schemas to its work. All wrong fields of all places are told at once (400). */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, S>(
  spec: RouteSpec<P, Q, B, S>,
): Route<S> {
  return async (event, services) => {
    const faults: { -readonly [K in keyof InputFaults]: InputFaults[K] } = {};
    const read = <T extends z.ZodType>(schema: T | undefined, place: InputPlace, value: unknown) => {
      const parsed = schema?.safeParse(value);
      if (parsed && !parsed.success) faults[place] = faultsByField(parsed.error.issues);
      return parsed?.data as z.output<T>;
    };
    const request = {
      path: read(spec.path, 'path', event.pathParameters ?? {}),
      query: read(spec.query, 'querystring', event.queryStringParameters ?? {}),
      body: read(spec.body && jsonText.pipe(spec.body), 'json', textOf(event)),
    };
    if (Object.keys(faults).length > 0) throw new InvalidInputError(faults);
    return spec.handle(request, services);
  };
}

/** The handler of one or more HTTP API routes (payload format 2.0). */
export function apiHandler<E extends z.ZodObject, S>(
  spec: ApiSpec<E, S>,
): (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2> {
  const made = once(() => {
    const env = readEnv(spec.env);
    return { authenticate: spec.authenticate?.(env), services: spec.services(env) };
  });
  return instrumented(async (event: APIGatewayProxyEventV2) => {
    const { requestId } = event.requestContext;
    logger().appendKeys({ apiRequestId: requestId, routeKey: event.routeKey });
    const answered = await answer(event, spec.routes[event.routeKey], made);
    // What is only read is in the access log; what may set work going leaves a line to begin its trail.
    if (!event.routeKey.startsWith('GET ')) logger().info('Answered', { status: answered.status });
    return toGateway(answered, { requestId, correlationId: correlationId() ?? requestId });
  }, idOfRequest);
}

/** The caller's own id, else API Gateway's of the request. */
function idOfRequest({ headers, requestContext }: APIGatewayProxyEventV2): string | undefined {
  return wellFormedId(headers[correlationHeader]) ?? wellFormedId(requestContext.requestId);
}

async function answer<S>(
  event: APIGatewayProxyEventV2,
  serve: Route<S> | undefined,
  made: () => { readonly authenticate: Authenticator | undefined; readonly services: S },
): Promise<ApiAnswer> {
  try {
    const { authenticate, services } = made();
    await authenticate?.(event);
    if (!serve) return problem(404, 'Not Found', `There is no route ${event.routeKey}.`);
    return await serve(event, services);
  } catch (error) {
    const known = answerOf(error);
    if (known && known.status < 500) {
      logger().info('The request was refused', { status: known.status, reason: asError(error).message });
      return known;
    }
    logger().error('The request failed', { error: asError(error), cause: causeOf(error) });
    return (
      known ??
      problem(500, 'Internal Server Error', 'The request failed; its x-request-id finds the reason in the log.')
    );
  }
}

function causeOf(error: unknown): string | undefined {
  return error instanceof Error && error.cause !== undefined ? asError(error.cause).message : undefined;
}

// Files go to the bucket; what is said in JSON is short. It also bounds how much there is to complain about.
const bodyLimit = 256 * 1024;

function textOf(event: APIGatewayProxyEventV2): string {
  const { body = '', isBase64Encoded } = event;
  if (body.length > bodyLimit) throw new BodyTooLargeError(`A body has at most ${bodyLimit} characters.`);
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('Invalid input: not JSON.');
    return z.NEVER;
  }
});
