import { type InputFaults, InvalidInputError, PermanentError } from '../errors.ts';
import { type ApiAnswer, answerOf, type Envelope, problem } from './api-response.ts';

/** APIs whose clients go by a code in every answer, beside HTTP's status. */

/** What clients know one kind of answer by. */
export interface Code {
  readonly code: number;
  readonly msg: string;
  /** HTTP's. */
  readonly status: number;
}

/** An answer by the name of its code; `detail` is about this one request. */
export class CodedError<N extends string = string> extends PermanentError {
  override readonly name = 'CodedError';
  readonly code: N;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(code: N, detail: string, headers?: Readonly<Record<string, string>>) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
    this.headers = headers;
  }
}

/** The codes of one API, and how it words them. */
export interface CodedApi<N extends string> {
  /** What the three fields of every answer are called. */
  readonly fields: { readonly code: string; readonly msg: string; readonly data: string };
  readonly success: Pick<Code, 'code' | 'msg'>;
  readonly codes: Readonly<Record<N, Code>>;
  /** The code of what the kit found. @default HTTP's status is the code, as far as it has no other */
  readonly codeOf?: (error: unknown) => { readonly code: N; readonly detail: string } | undefined;
  /** The code of our own fault. @default 500 */
  readonly fault?: N;
  readonly ignoresUnknownParameters?: boolean;
  /** How a failure is told; `more` is for programs: the `request_id` of our own fault. */
  readonly failure: (
    code: Code,
    detail: string,
    more: Readonly<Record<string, string>>,
  ) => { readonly msg: string; readonly data: unknown };
}

/** Answers such as `{"code": 0, "msg": "OK", "data": ...}`, of successes and of failures alike. */
export function codedEnvelope<N extends string>(api: CodedApi<N>): Envelope {
  const { fields, success, codes } = api;
  const bodyOf = (code: number, msg: string, data: unknown) => ({
    [fields.code]: code,
    [fields.msg]: msg,
    [fields.data]: data,
  });
  const told = (code: Code, detail: string, more: Readonly<Record<string, string>> = {}): ApiAnswer => {
    const { msg, data } = api.failure(code, detail, more);
    return { status: code.status, body: bodyOf(code.code, msg, data) };
  };
  return {
    ignoresUnknownParameters: api.ignoresUnknownParameters === true,
    wrap: (answer) => {
      // A picture, or the way to a file, is no JSON to be wrapped.
      const isOther = answer.headers?.['content-type'] !== undefined;
      return isOther ? answer : { ...answer, body: bodyOf(success.code, success.msg, answer.body) };
    },
    failure(error) {
      const plain = answerOf(error);
      const known = isCoded(error, codes) ? error : api.codeOf?.(error);
      if (known === undefined && plain === undefined) return undefined;
      const answer = known ? told(codes[known.code], known.detail) : plain && told(statusOf(plain), detailOf(error));
      // What every API says of the same error: the challenge of a 401, how long to wait.
      const headers = error instanceof CodedError ? error.headers : plain?.headers;
      return answer && { ...answer, ...(headers ? { headers } : {}) };
    },
    fault: (requestId) =>
      told(api.fault ? codes[api.fault] : statusOf(problem(500, 'Internal Server Error', '')), `Request ${requestId}`, {
        request_id: requestId,
      }),
  };
}

function isCoded<N extends string>(error: unknown, codes: Readonly<Record<N, Code>>): error is CodedError<N> {
  return error instanceof CodedError && Object.hasOwn(codes, error.code);
}

function statusOf({ status, body }: ReturnType<typeof problem>): Code {
  return { code: status, msg: body.error, status };
}

function detailOf(error: unknown): string {
  if (error instanceof InvalidInputError) return wordsOf(error.faults);
  const message = answerOf(error)?.body.message;
  return typeof message === 'string' ? message : JSON.stringify(message);
}

/** Every wrong field with its reasons, in one line. */
function wordsOf(faults: InputFaults): string {
  return Object.values(faults)
    .flatMap(Object.entries)
    .map(([field, reasons]) => `${field}: ${reasons.join(' ')}`)
    .join('; ');
}
