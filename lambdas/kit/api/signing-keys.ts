import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { parsedJson } from '../text/json.ts';

/** The keys of a secret that signs, as they count now. */
export interface SigningKeys {
  /** What is signed now is signed by it. */
  readonly signing: string;
  /** Each of them is accepted, the signing one first. */
  readonly accepted: readonly [string, ...string[]];
}

const text = z.string().min(1);

const secret = z.looseObject({
  key: text,
  /** The one before, while it still counts. */
  previous: z
    .object({
      key: text,
      /** Until then it signs: a function that has read the secret a while ago knows no other yet. */
      signsUntil: z.iso.datetime(),
      /** Until then what it has signed is accepted. */
      until: z.iso.datetime(),
    })
    .optional(),
});

/**
 * How long the key before goes on signing: a function keeps what it has read for five minutes (adapters/secrets.ts), and must
 * not meet a signature that it can't know. Twice that, for clocks that differ.
 */
const handoverMs = 10 * 60_000;

// As long as the keys that CloudFormation generates with the stack.
const keyBytes = 36;

/** The keys in the text of a secret, `undefined` where it has none. Never throws: a message would quote the secret. */
export function signingKeysIn(json: string, now: Date): SigningKeys | undefined {
  const parsed = secret.safeParse(parsedJson(json).value);
  if (!parsed.success) return undefined;
  const { key, previous } = parsed.data;
  if (!previous || now.getTime() >= Date.parse(previous.until)) return { signing: key, accepted: [key] };
  return now.getTime() < Date.parse(previous.signsUntil)
    ? { signing: previous.key, accepted: [previous.key, key] }
    : { signing: key, accepted: [key, previous.key] };
}

/**
 * The text of the secret with a new key. The one of now is accepted for `overlapMs` more, at least while it still signs; one
 * before it no longer. Throws while that one still signs: all that it has signed would be refused, and the new one isn't known yet.
 */
export function rotatedKey(
  json: string,
  { now, overlapMs }: { readonly now: Date; readonly overlapMs: number },
): string {
  const current = signingKeysIn(json, now);
  if (!current) throw new Error('The secret has no key that could be rotated.');
  const after = (ms: number) => new Date(now.getTime() + ms).toISOString();
  const { previous: before, ...rest } = secret.parse(parsedJson(json).value);
  if (before && now.getTime() < Date.parse(before.signsUntil))
    throw new Error(`The key before signs until ${before.signsUntil}: rotate again after that.`);
  const previous = { key: rest.key, signsUntil: after(handoverMs), until: after(Math.max(overlapMs, handoverMs)) };
  return JSON.stringify({ ...rest, key: randomBytes(keyBytes).toString('base64url'), previous });
}
