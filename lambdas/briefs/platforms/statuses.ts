import { ThrottledError, TransientError } from '#kit/errors.ts';
import { parsedJson } from '#kit/text/json.ts';
import { at, textAt } from '../reading/json.ts';
import type { PlatformAnswer } from './platform.ts';
import { BalanceError, BlockedError, LoginWantedError, UnknownShapeError } from './refusals.ts';

/** How much of an answer an error quotes. */
const quotedCharacters = 200;

/** The beginning of an answer, for whoever mends the parser. */
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
  const value = parsedJson(answer.text).value;
  if (value === undefined) throw new UnknownShapeError(`No JSON: ${quoted(answer)}`);
  return value;
}

/**
 * What stands in a gateway's envelope `{code, router, params, request_id, data}`, whose `code` is the status of its own
 * call to the platform; it answers some failures with status 200.
 */
export function gatewayData(answer: PlatformAnswer): unknown {
  const envelope = answeredJson(answer);
  const code = at(envelope, 'code') ?? at(envelope, 'detail', 'code');
  if (typeof code === 'number' && code !== 200) {
    refuseStatus({ ...answer, status: code });
    throw new UnknownShapeError(`The gateway answers ${code}: ${textAt(envelope, 'message') ?? quoted(answer)}`);
  }
  if (answer.status >= 400) throw new UnknownShapeError(quoted(answer));
  return at(envelope, 'data');
}
