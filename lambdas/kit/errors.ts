import type * as z from 'zod';

/** Errors are classes for what happens next; no code reads a message to decide. */

/** Trying again cannot help: the input or the record is wrong. API: 400. A fault, where one is known, is its name. */
export class PermanentError extends Error {
  override readonly name: string = 'PermanentError';

  constructor(message: string, { fault, ...options }: ErrorOptions & { readonly fault?: string } = {}) {
    super(message, options);
    if (fault) this.name = fault;
  }
}

/** The thing asked for does not exist. API: 404. */
export class NotFoundError extends PermanentError {
  override readonly name = 'NotFoundError';
}

/** The thing asked for is under way or was changed by another caller. API: 409. */
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

/** Who asks is known, and may not do this. API: 403. */
export class ForbiddenError extends PermanentError {
  override readonly name = 'ForbiddenError';
}

/** A field that every request needs isn't there. API: 422 where a workload has codes, else 400. */
export class FieldMissingError extends PermanentError {
  override readonly name = 'FieldMissingError';

  constructor(field: string) {
    super(`Field "${field}" is missing`);
  }
}

/** A field of every request is of another type: `Field "_" should be integer.` API: 422 with codes, else 400. */
export class WrongFieldTypeError extends PermanentError {
  override readonly name = 'WrongFieldTypeError';

  constructor(field: string, type: string) {
    super(`Field "${field}" should be ${type}.`);
  }
}

/** The request is older, or further ahead, than its password lives. API: 422 where a workload has codes, else 401. */
export class RequestExpiredError extends PermanentError {
  override readonly name = 'RequestExpiredError';
}

/** The other side asked us to slow down. Try again later; no alarm. */
export class ThrottledError extends Error {
  override readonly name: string = 'ThrottledError';
}

/** We ask the caller to slow down. API: 429 with Retry-After. */
export class TooManyRequestsError extends ThrottledError {
  override readonly name = 'TooManyRequestsError';
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * Something outside failed in a way that passes (network, a page under construction, a half file). Try again. A fault,
 * where one is known, is its name.
 */
export class TransientError extends Error {
  override readonly name: string = 'TransientError';

  constructor(message: string, { fault, ...options }: ErrorOptions & { readonly fault?: string } = {}) {
    super(message, options);
    if (fault) this.name = fault;
  }
}

/** The database is asleep or away, or the bucket is. API: 503 with Retry-After; elsewhere try again. */
export class UnavailableError extends TransientError {
  override readonly name = 'UnavailableError';
}

/** Every place of what answers is taken. API: 503 with Retry-After. */
export class NoRoomError extends TransientError {
  override readonly name = 'NoRoomError';

  constructor() {
    super('All places for requests of this kind are taken. Nothing was started: try again shortly.');
  }
}

/** The other side said nothing in the time it had. Try again where there is more of it. */
export class NoAnswerError extends TransientError {
  override readonly name = 'NoAnswerError';
}

/** Where a wrong value came from, in the words existing clients know. */
export type InputPlace = 'querystring' | 'path' | 'json';

/** Every wrong field of a request with all its reasons: `{ querystring: { from_: ['Not a valid integer.'] } }`. */
export type InputFaults = { readonly [P in InputPlace]?: Readonly<Record<string, readonly string[]>> };

/** One finding of a schema, for APIs that answer by its kind. */
export interface InputIssue {
  readonly place: InputPlace;
  readonly issue: z.core.$ZodIssue;
}

/** The request is wrong. API: 400 with the fields and reasons. */
export class InvalidInputError extends PermanentError {
  override readonly name = 'InvalidInputError';
  readonly faults: InputFaults;
  readonly #issues: readonly InputIssue[];

  constructor(faults: InputFaults, issues: readonly InputIssue[] = []) {
    super(JSON.stringify(faults));
    this.faults = faults;
    this.#issues = issues;
  }

  /** With the values that were given: no part of what a log prints of an error. */
  get issues(): readonly InputIssue[] {
    return this.#issues;
  }
}
