import { type ApiAnswer, answerOf, type Envelope } from '#kit/api/api-response.ts';
import {
  BodyTooLargeError,
  ConflictError,
  FieldMissingError,
  ForbiddenError,
  type InputFaults,
  InvalidInputError,
  NotFoundError,
  PermanentError,
  RequestExpiredError,
  ThrottledError,
  UnauthorizedError,
  UnavailableError,
  WrongFieldTypeError,
} from '#kit/errors.ts';
import { CodedError, type CodeName, codes } from './codes.ts';
import { faultOf, sentence } from './faults.ts';

/**
 * Answers below /api/v1, as their callers know them: `{"code": 0, "msg": "OK", "data": ...}`, and of failures
 * `{"code": 2000, "msg": "字段缺失\nField \"name\" is missing", "data": {}}`.
 */
export const tasksEnvelope: Envelope = {
  wrap: (answer) => ({ ...answer, body: { code: codes.SUCCESS.code, msg: codes.SUCCESS.msg, data: answer.body } }),
  failure(error) {
    const coded = codeOf(error);
    if (coded === undefined) return undefined;
    // What every API says of the same error: the challenge of a 401, how long to wait.
    const headers = error instanceof CodedError ? error.headers : answerOf(error)?.headers;
    return { ...answer(...coded), ...(headers ? { headers } : {}) };
  },
  fault: (requestId) => answer('UNKNOWN_ERROR', `Request ${requestId}`, { request_id: requestId }),
};

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

function codeOf(error: unknown): [CodeName, string] | undefined {
  if (error instanceof CodedError) return [error.code, error.detail];
  if (error instanceof InvalidInputError) {
    const [first] = error.issues;
    if (!first) return ['WRONG_FIELD_TYPE', firstOf(error.faults)];
    const { code, detail } = faultOf(first.issue);
    return [code, detail];
  }
  if (error instanceof UnavailableError) return ['UNAVAILABLE', 'Try again shortly.'];
  const name = known.find(([kind]) => error instanceof kind)?.[1];
  return name && error instanceof Error ? [name, error.message] : undefined;
}

/** Of faults that no schema could find, such as a bound of the environment. */
function firstOf(faults: InputFaults): string {
  const [field = 'body', [reason = 'is wrong.'] = []] = Object.values(faults).flatMap(Object.entries)[0] ?? [];
  return sentence(field, reason);
}

function answer(name: CodeName, detail: string, data: object = {}): ApiAnswer {
  const { code, msg, status } = codes[name];
  return { status, body: { code, msg: `${msg}\n${detail}`, data } };
}
