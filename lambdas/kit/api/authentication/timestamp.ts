import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { FieldMissingError, RequestExpiredError, WrongFieldTypeError } from '../../errors.ts';

/** The query parameter that every request with a password of its moment carries. */
const timestampField = '_';

/** How old a request may be, and how far ahead of us its clock. */
const validSeconds = 60;

/** When a request was made, in its own words. */
export interface Timestamp {
  /** As `_` has it; HMAC signs this text. */
  readonly sent: string;
  /** What a dynamic password may have hashed, always three: as sent, as a whole number, as that number with `.0`. */
  readonly forms: readonly [string, string, string];
}

// Digits with or without a fraction, as clients print an integer or a float: no exponent, no sign but a minus.
const number = /^-?\d{1,20}(\.\d{1,20})?$/;
const wholeNumber = /^(-?\d+)(\.0+)?$/;

/**
 * The timestamp in `_`, in seconds. Throws FieldMissingError, WrongFieldTypeError, or RequestExpiredError when it is more
 * than 60 s old or ahead. The clock is read in whole seconds, as those of the clients are: 60 s old is valid, 61 s isn't.
 */
export function readTimestamp({ queryStringParameters }: APIGatewayProxyEventV2, now: Date): Timestamp {
  const sent = queryStringParameters?.[timestampField];
  // An empty one is none: forms and old clients send fields that they leave out so.
  if (sent === undefined || sent === '') throw new FieldMissingError(timestampField);
  if (!number.test(sent)) throw new WrongFieldTypeError(timestampField, 'integer');
  const age = Math.floor(now.getTime() / 1000) - Number(sent);
  if (Math.abs(age) > validSeconds)
    throw new RequestExpiredError('The request is expired: its timestamp is not of now.');
  const [, digits] = wholeNumber.exec(sent) ?? [];
  return { sent, forms: digits === undefined ? [sent, sent, sent] : [sent, digits, `${digits}.0`] };
}

/** The query without the timestamp, as pairs in the order they came. */
export function otherParameters({ rawQueryString }: APIGatewayProxyEventV2): readonly (readonly [string, string])[] {
  return [...new URLSearchParams(rawQueryString)].filter(([name]) => name !== timestampField);
}
