import type { LastingFault, PassingFault } from './faults.ts';

/** Errors are classes for what happens next; nobody reads a message to decide. */

/** Trying again cannot help: the input or the record is wrong. API: 400. A fault, where one is known, is its name. */
export class PermanentError extends Error {
  override readonly name: string = 'PermanentError';

  constructor(message: string, { fault, ...options }: ErrorOptions & { readonly fault?: LastingFault } = {}) {
    super(message, options);
    if (fault) this.name = fault;
  }
}

/** The thing asked for does not exist. API: 404. */
export class NotFoundError extends PermanentError {
  override readonly name = 'NotFoundError';
}

/** The thing asked for is under way or was changed by somebody else. API: 409. */
export class ConflictError extends PermanentError {
  override readonly name = 'ConflictError';
}

/** The request's body is larger than any of ours. API: 413. */
export class BodyTooLargeError extends PermanentError {
  override readonly name = 'BodyTooLargeError';
}

/** Who asks is not known. API: 401. */
export class UnauthorizedError extends PermanentError {
  override readonly name = 'UnauthorizedError';
}

/** The other side asked us to slow down. Try again later; no alarm. */
export class ThrottledError extends Error {
  override readonly name = 'ThrottledError';
}

/**
 * Something outside failed in a way that passes (network, a page under construction, a half file). Try again. A fault,
 * where one is known, is its name.
 */
export class TransientError extends Error {
  override readonly name: string = 'TransientError';

  constructor(message: string, { fault, ...options }: ErrorOptions & { readonly fault?: PassingFault } = {}) {
    super(message, options);
    if (fault) this.name = fault;
  }
}

/** The database is asleep or away, or the bucket is. API: 503 with Retry-After; elsewhere try again. */
export class UnavailableError extends TransientError {
  override readonly name = 'UnavailableError';
}

/** Where a wrong value came from, in the words existing clients know. */
export type InputPlace = 'querystring' | 'path' | 'json';

/** Every wrong field of a request with all its reasons: `{ querystring: { from_: ['Not a valid integer.'] } }`. */
export type InputFaults = { readonly [P in InputPlace]?: Readonly<Record<string, readonly string[]>> };

/** The request is wrong. API: 400 with the fields and reasons. */
export class InvalidInputError extends PermanentError {
  override readonly name = 'InvalidInputError';
  readonly faults: InputFaults;

  constructor(faults: InputFaults) {
    super(JSON.stringify(faults));
    this.faults = faults;
  }
}
