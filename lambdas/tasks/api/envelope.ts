import { codedEnvelope } from '#kit/api/coded-envelope.ts';
import {
  BodyTooLargeError,
  ConflictError,
  FieldMissingError,
  ForbiddenError,
  type InputFaults,
  InvalidInputError,
  NoRoomError,
  NotFoundError,
  PermanentError,
  RequestExpiredError,
  ThrottledError,
  UnauthorizedError,
  UnavailableError,
  WrongFieldTypeError,
} from '#kit/errors.ts';
import { type CodeName, codes } from './codes.ts';
import { faultOf, sentence } from './faults.ts';

/**
 * Answers below /api/v1, as their callers know them: `{"code": 0, "msg": "OK", "data": ...}`, and of failures
 * `{"code": 2000, "msg": "字段缺失\nField \"name\" is missing", "data": {}}`.
 */
export const tasksEnvelope = codedEnvelope<CodeName>({
  fields: { code: 'code', msg: 'msg', data: 'data' },
  success: codes.SUCCESS,
  codes,
  codeOf,
  fault: 'UNKNOWN_ERROR',
  ignoresUnknownParameters: true,
  failure: ({ msg }, detail, more) => ({ msg: `${msg}\n${detail}`, data: more }),
});

/** The first that fits: subclasses stand before their parents. */
const known: readonly (readonly [new (...given: never[]) => Error, CodeName])[] = [
  [UnauthorizedError, 'UNAUTHORIZED'],
  [ForbiddenError, 'PERMISSION_DENIED'],
  [FieldMissingError, 'FIELD_MISSING'],
  [WrongFieldTypeError, 'WRONG_FIELD_TYPE'],
  [RequestExpiredError, 'REQUEST_EXPIRED'],
  [NotFoundError, 'NOT_FOUND'],
  [BodyTooLargeError, 'TOO_LARGE'],
  [ConflictError, 'CONFLICT'],
  [ThrottledError, 'THROTTLED'],
  [PermanentError, 'BAD_ARGUMENTS'],
];

function codeOf(error: unknown): { readonly code: CodeName; readonly detail: string } | undefined {
  if (error instanceof InvalidInputError) {
    const [first] = error.issues;
    return first ? faultOf(first.issue) : { code: 'WRONG_FIELD_TYPE', detail: firstOf(error.faults) };
  }
  if (error instanceof UnavailableError) return { code: 'UNAVAILABLE', detail: 'Try again shortly.' };
  if (error instanceof NoRoomError) return { code: 'UNAVAILABLE', detail: error.message };
  const code = known.find(([kind]) => error instanceof kind)?.[1];
  return code && error instanceof Error ? { code, detail: error.message } : undefined;
}

/** Of faults that no schema could find, such as a bound of the environment. */
function firstOf(faults: InputFaults): string {
  const [field = 'body', [reason = 'is wrong.'] = []] = Object.values(faults).flatMap(Object.entries)[0] ?? [];
  return sentence(field, reason);
}
