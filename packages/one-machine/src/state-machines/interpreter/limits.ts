import { StateFailure } from '../errors.ts';

/** 256 KiB of UTF-8 JSON for any input, output, argument or single Assign ("Service quotas", AWS developer guide). */
export const largestPayloadBytes = 262_144;

/** All variables of one scope together. */
const largestVariablesBytes = 10 * 1024 * 1024;

/** Returns the value, or throws States.DataLimitExceeded with AWS's words. */
export function withinPayloadLimit<T>(value: T, stateName: string): T {
  if (bytesOf(value) <= largestPayloadBytes) return value;
  throw new StateFailure(
    'States.DataLimitExceeded',
    `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

/** The same for all variables of a scope, which may hold more than one payload. */
export function withinVariablesLimit<T>(variables: T, stateName: string): T {
  if (bytesOf(variables) <= largestVariablesBytes) return variables;
  throw new StateFailure(
    'States.DataLimitExceeded',
    `The state/task '${stateName}' would store variables of more than ${largestVariablesBytes} bytes.`,
  );
}

export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}
