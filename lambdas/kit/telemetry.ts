import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { once } from './once.ts';

/** The function's one logger: JSON lines, names and level from the POWERTOOLS_* variables. */
export const logger = once(() => new Logger());

/** The function's one metric sink: embedded metric format on standard output, read by CloudWatch without a call. */
export const metrics = once(() => new Metrics());

/** Counts something; flushed with the invocation. */
export function count(name: string, value = 1): void {
  metrics().addMetric(name, MetricUnit.Count, value);
}

/** An error as a log line shows it: class, message, stack and causes, nothing else that may hold a secret. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
