import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { correlated, idInEvent } from './correlation.ts';
import { once } from './once.ts';
import { asError, logger, metrics } from './telemetry.ts';

/**
 * What every handler of ours is wrapped in: the ids of invocation and work in each log line, a failure logged once and
 * passed on (a handler that swallows its error can never alarm), metrics flushed at the end. Work that comes without an
 * id has the invocation's.
 */
export function instrumented<Event, Result>(
  handle: (event: Event, context: Context) => Promise<Result>,
  idOf: (event: Event) => string | undefined = idInEvent,
): (event: Event, context: Context) => Promise<Result> {
  // Made on the first invocation: nothing happens at import.
  const wrapped = once(() =>
    // A handler that was answered for early would go on beside the next event: Lambda's own timeout ends the process.
    middy<Event, Result>({ timeoutEarlyInMillis: 0 })
      .use(injectLambdaContext(logger(), { resetKeys: true }))
      .after(flushMetrics)
      .onError(({ error }) => {
        flushMetrics();
        logger().error('The invocation failed', asError(error));
      })
      .handler(handle),
  );
  return async (event, context) => correlated(idOf(event) ?? context.awsRequestId, () => wrapped()(event, context));
}

/** Powertools' own middleware warns of every invocation that counted nothing. */
function flushMetrics(): void {
  if (metrics().hasStoredMetrics()) metrics().publishStoredMetrics();
}
