import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type * as z from 'zod';
import { type ApiAnswer, type Envelope, plainEnvelope, toGateway } from './api/api-response.ts';
import { type Authenticator, anonymous, type Caller } from './api/authentication.ts';
import type { LinkVerifier } from './api/link.ts';
import { permit, type RoutePermission } from './api/permission.ts';
import type { Route } from './api/route.ts';
import { correlationHeader, correlationId, wellFormedId } from './correlation.ts';
import { readEnv } from './env.ts';
import { NotFoundError } from './errors.ts';
import { instrumented } from './invocation.ts';
import { once } from './once.ts';
import { asError, logger } from './telemetry.ts';

export interface ApiSpec<E extends z.ZodObject, S> {
  readonly env: E;
  /** Who calls. `undefined` only where every route's permission is `none` or `link`; others then refuse every caller. */
  readonly authenticate: ((env: z.output<E>) => Authenticator) | undefined;
  /** Lets in the holder of a signed address, at routes of the permission `link`; without it they refuse every caller. */
  readonly verifyLink?: (env: z.output<E>) => LinkVerifier;
  readonly services: (env: z.output<E>) => S;
  /** By API Gateway's route key: `GET /apiv1/deals/{id}`. */
  readonly routes: Readonly<Record<string, Route<S>>>;
  /** How answers and failures are worded. @default as they are, and `{"error", "message"}` */
  readonly envelope?: Envelope;
  /** Tells in `X-Process-Time` how many seconds an answer took. @default false */
  readonly tellsTime?: boolean;
}

/** The handler of one or more HTTP API routes (payload format 2.0). */
export function apiHandler<E extends z.ZodObject, S>(
  spec: ApiSpec<E, S>,
): (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2> {
  const made = once(() => {
    const env = readEnv(spec.env);
    return {
      authenticate: spec.authenticate?.(env),
      verifyLink: spec.verifyLink?.(env),
      services: spec.services(env),
    };
  });
  return instrumented(async (event: APIGatewayProxyEventV2) => {
    const { requestId } = event.requestContext;
    logger().appendKeys({ apiRequestId: requestId, routeKey: event.routeKey });
    const begun = performance.now();
    const ids = { requestId, correlationId: correlationId() ?? requestId };
    const { caller, answered } = await answer(event, spec, {
      made,
      toGateway: (told) => toGateway(spec.tellsTime ? timed(told, begun) : told, ids),
    });
    // The audit: who asked for what and what came of it, with the request's id; never the credential. Of what tells
    // nothing there is none.
    const { name, scheme } = caller ?? anonymous;
    if (spec.authenticate || !event.routeKey.startsWith('GET '))
      logger().info('Answered', { caller: name, scheme, status: answered.statusCode });
    return answered;
  }, idOfRequest);
}

/** With the time since then, in seconds to the millisecond. */
function timed(answer: ApiAnswer, begun: number): ApiAnswer {
  const seconds = (performance.now() - begun) / 1000;
  return { ...answer, headers: { ...answer.headers, 'x-process-time': seconds.toFixed(3) } };
}

/** The caller's own id, else API Gateway's of the request. */
function idOfRequest({ headers, requestContext }: APIGatewayProxyEventV2): string | undefined {
  return wellFormedId(headers[correlationHeader]) ?? wellFormedId(requestContext.requestId);
}

async function answer<E extends z.ZodObject, S>(
  event: APIGatewayProxyEventV2,
  { routes, envelope = plainEnvelope }: ApiSpec<E, S>,
  {
    made,
    toGateway: sent,
  }: {
    readonly made: () => Doors & { readonly services: S };
    /** Throws {@link PermanentError} for an answer that is too large to be sent. */
    readonly toGateway: (answer: ApiAnswer) => APIGatewayProxyStructuredResultV2;
  },
): Promise<{ readonly caller: Caller | undefined; readonly answered: APIGatewayProxyStructuredResultV2 }> {
  let caller: Caller | undefined;
  try {
    const { services, ...doors } = made();
    const found = routes[event.routeKey];
    // Unknown callers are not told which routes there are.
    const permission = found?.shape.permission ?? (doors.authenticate ? 'read' : 'none');
    caller = await callerOf(event, permission, doors);
    permit(caller, permission);
    if (!found) throw new NotFoundError(`There is no route ${event.routeKey}.`);
    const asked = { caller, ignoresUnknown: envelope.ignoresUnknownParameters === true };
    return { caller, answered: sent(envelope.wrap(await found.serve(event, services, asked))) };
  } catch (error) {
    const known = envelope.failure(error);
    if (known && known.status < 500) {
      logger().info('The request was refused', { status: known.status, reason: asError(error).message });
      return { caller, answered: sent(known) };
    }
    logger().error('The request failed', { error: asError(error), cause: causeOf(error) });
    return { caller, answered: sent(known ?? envelope.fault(event.requestContext.requestId)) };
  }
}

interface Doors {
  readonly authenticate: Authenticator | undefined;
  readonly verifyLink: LinkVerifier | undefined;
}

/** A credential is only looked at where the route wants one. */
async function callerOf(
  event: APIGatewayProxyEventV2,
  permission: RoutePermission,
  { authenticate, verifyLink }: Doors,
): Promise<Caller> {
  if (permission === 'none') return anonymous;
  return (await (permission === 'link' ? verifyLink : authenticate)?.(event)) ?? anonymous;
}

function causeOf(error: unknown): string | undefined {
  return error instanceof Error && error.cause !== undefined ? asError(error.cause).message : undefined;
}
