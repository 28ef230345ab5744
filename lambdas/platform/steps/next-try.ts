import { objectInJson, parsedJson } from '#kit/text/json.ts';
import type { RetryShape, StateShape, Step } from './step.ts';

/** Variables as events tell them: JSON text by name. */
export type Variables = ReadonlyMap<string, string>;

// Of the States Language, where a retrier doesn't say otherwise.
const intervalSeconds = 1;
const backoffRate = 2;
const maxAttempts = 3;

const outsideWildcards = ['States.Runtime', 'States.DataLimitExceeded'];

/** When a state that failed is tried again, at the latest (some retriers draw lots); undefined where it isn't. */
export function nextTryOf(state: StateShape | undefined, errors: readonly string[], failedAt: Date): Date | undefined {
  const last = errors.at(-1);
  const retriers = state?.Retry ?? [];
  const deciding = (error: string) => retriers.find(({ ErrorEquals = [] }) => covers(ErrorEquals, error));
  const retrier = last === undefined ? undefined : deciding(last);
  if (!retrier) return undefined;
  // Each retrier counts its own.
  const failures = errors.filter((error) => deciding(error) === retrier).length;
  if (failures > (retrier.MaxAttempts ?? maxAttempts)) return undefined;
  return new Date(failedAt.getTime() + pauseSeconds(retrier, failures - 1) * 1000);
}

function pauseSeconds(retrier: RetryShape, done: number): number {
  const grown = (retrier.IntervalSeconds ?? intervalSeconds) * (retrier.BackoffRate ?? backoffRate) ** done;
  return Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
}

function covers(errorEquals: readonly string[], error: string): boolean {
  return errorEquals.some(
    (wanted) =>
      wanted === error ||
      (!outsideWildcards.includes(error) &&
        (wanted === 'States.ALL' || (wanted === 'States.TaskFailed' && error !== 'States.Timeout'))),
  );
}

/** When a Wait ends: a number or a time, as it is written or as a plain path (`{% $plan.retry_seconds %}`) finds it. */
export function endOfWait(
  state: StateShape | undefined,
  { started_at, input }: Step,
  variables: Variables,
): Date | undefined {
  const seconds = read(state?.Seconds, input, variables);
  if (typeof seconds === 'number' && Number.isFinite(seconds)) return new Date(started_at.getTime() + seconds * 1000);
  const at = read(state?.Timestamp, input, variables);
  const time = typeof at === 'string' ? new Date(at) : undefined;
  return time && !Number.isNaN(time.getTime()) ? time : undefined;
}

const path = /^\{%\s*\$(\w+)((?:\.\w+)*)\s*%\}$/;

function read(written: unknown, input: string | null, variables: Variables): unknown {
  if (typeof written !== 'string') return written;
  const [, root = '', members = ''] = path.exec(written) ?? [];
  if (root === '') return written;
  const names = members.split('.').slice(1);
  // `$states.input.x` is the state's own input.
  const [text, rest] =
    root === 'states' && names[0] === 'input' ? [input, names.slice(1)] : [variables.get(root), names];
  // An event's text may be cut off, and then says nothing.
  return rest.reduce<unknown>(memberOf, parsedJson(text ?? 'null').value);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** A function's error arrives as JSON with a stack, which may be cut off: people want its message. */
export function inWords(cause: string): string {
  const message = /"errorMessage":("(?:\\.|[^"\\])*")/.exec(cause)?.[1];
  return message === undefined ? cause : String(parsedJson(message).value ?? cause);
}

/** The reason of a Wait: the one that the state before it found, or its own comment. */
export function reasonOfWait(state: StateShape | undefined, input: string | null): string | null {
  const { reason, Cause, cause } = objectInJson(input ?? '') ?? {};
  const found = [reason, Cause, cause].find((one): one is string => typeof one === 'string' && one !== '');
  return found === undefined ? (state?.Comment ?? null) : inWords(found);
}
