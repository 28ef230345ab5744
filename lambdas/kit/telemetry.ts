import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { correlationField, correlationId } from './correlation.ts';
import { once } from './once.ts';

/** Each line carries the id of the work it is about, also where one invocation does several works at once. */
class CorrelatedLogger extends Logger {
  protected override createAndPopulateLogItem(...line: Parameters<Logger['createAndPopulateLogItem']>) {
    const item = super.createAndPopulateLogItem(...line);
    const id = correlationId();
    return id === undefined ? item : item.addAttributes({ [correlationField]: id });
  }
}

/** The function's one logger: JSON lines, names and level from the POWERTOOLS_* variables. */
export const logger = once(() => new CorrelatedLogger());

/** The function's one metric sink: embedded metric format on standard output, read by CloudWatch without a call. */
export const metrics = once(() => new Metrics());

/** Counts something; flushed with the invocation. */
export function count(name: string, value = 1): void {
  metrics().addMetric(name, MetricUnit.Count, value);
}

/**
 * An error as a log line shows it: class, message, stack and causes. Its other properties stay behind: an invalid URL's
 * holds the password that was in it, a request's its headers.
 */
export function asError(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  const plain = new Error(thrown.message, thrown.cause === undefined ? {} : { cause: asError(thrown.cause) });
  return Object.assign(plain, { name: thrown.name, stack: thrown.stack });
}
