import { ThrottledError, TransientError } from '#kit/errors.ts';
import { answerIn, at, numberAt, textAt } from '../reading/json.ts';
import type { Driver, PlatformAnswer, ProbeCall } from './platform.ts';
import { BalanceError, BlockedError, LoginWantedError, UnknownShapeError } from './refusals.ts';

/** How much of an answer an error quotes. */
const quotedCharacters = 200;

/** The beginning of an answer, as a clue to mend the parser by. */
export function quoted({ status, text }: PlatformAnswer): string {
  return `status ${status}: ${text.slice(0, quotedCharacters)}`;
}

/** Throws for the statuses that mean the same everywhere: 401, 402, 403, 429 and 5xx. */
export function refuseStatus(answer: PlatformAnswer): void {
  const { status } = answer;
  if (status === 401) throw new LoginWantedError(quoted(answer));
  if (status === 402) throw new BalanceError(quoted(answer));
  if (status === 429) throw new ThrottledError(quoted(answer));
  if (status === 403 || status === 412) throw new BlockedError(quoted(answer));
  if (status >= 500) throw new TransientError(quoted(answer));
}

/** The JSON of an answer. Throws what {@link refuseStatus} throws, and UnknownShapeError for what is no JSON. */
export function answeredJson(answer: PlatformAnswer): unknown {
  refuseStatus(answer);
  const value = answerIn(answer.text);
  if (value === undefined) throw new UnknownShapeError(`No JSON: ${quoted(answer)}`);
  return value;
}

/**
 * What stands in a gateway's envelope `{code, router, params, request_id, data}`, whose `code` is the status of its own
 * call to the platform; it answers some failures with status 200.
 */
export function gatewayData(answer: PlatformAnswer): unknown {
  const envelope = answeredJson(answer);
  const code = numberAt(envelope, 'code') ?? numberAt(envelope, 'detail', 'code');
  if (code !== undefined && code !== 200) {
    refuseStatus({ ...answer, status: code });
    throw new UnknownShapeError(`The gateway answers ${code}: ${textAt(envelope, 'message') ?? quoted(answer)}`);
  }
  if (answer.status >= 400) throw new UnknownShapeError(quoted(answer));
  return at(envelope, 'data');
}

/**
 * What is left of the account with a gateway: a call that costs nothing. Path and fields (`user_data.balance`,
 * `free_credit`): TikHub's API documentation, get_user_info.
 */
export const gatewayProbe: ProbeCall = {
  request: { method: 'GET', path: '/api/v1/tikhub/user/get_user_info' },
  read(answer) {
    const data = gatewayData(answer);
    const account = at(answerIn(answer.text), 'user_data') ?? data;
    const balance = numberAt(account, 'balance');
    if (balance === undefined) throw new UnknownShapeError(`No balance: status ${answer.status}`);
    if (balance + (numberAt(account, 'free_credit') ?? 0) <= 0) throw new BalanceError('The account is empty');
  },
};

/** A search as a probe, where nothing is cheaper: it shows what a brief will see. */
export function searchProbe({ search, read }: Pick<Driver, 'search' | 'read'>): ProbeCall {
  const anyDay = { from: new Date(0), until: new Date(1) };
  return {
    request: search({ keyword: '天气', page: 1, cursor: undefined, ...anyDay }),
    read: (answer) => {
      read(answer, new Date());
    },
  };
}
