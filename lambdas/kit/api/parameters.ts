import * as z from 'zod';
import { isStorable } from '../text/storable.ts';

/** Query and path parameters: text on the wire, with the words existing clients know from before. */

const notAnInteger = 'Not a valid integer.';

/** What callers write (JSON Schema), for the documentation, where a schema does more than JSON Schema has words for. */
export function written<T extends z.ZodType>(schema: T, as: Readonly<Record<string, unknown>>): T {
  return schema.meta({ written: as });
}

/** A whole number within bounds. */
export function integerParameter(bounds: { readonly min?: number; readonly max?: number } = {}) {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = bounds;
  const { min: minimum, max: maximum } = bounds;
  const integer = z
    .string()
    .regex(/^[+-]?\d+$/, { error: notAnInteger, abort: true })
    .transform(Number)
    .refine((value) => Number.isSafeInteger(value), { error: notAnInteger, abort: true })
    .refine((value) => value >= min && value <= max, { error: boundsMessage(bounds) });
  return written(integer, { type: 'integer', minimum, maximum });
}

function boundsMessage({ min, max }: { readonly min?: number; readonly max?: number }): string {
  const sides = [
    ...(min === undefined ? [] : [`greater than or equal to ${min}`]),
    ...(max === undefined ? [] : [`less than or equal to ${max}`]),
  ];
  return `Must be ${sides.join(' and ')}.`;
}

/** A calendar date, `2022-09-11`. The year 0 is refused: PostgreSQL has none. */
export function dateParameter(otherwise = 'Not a valid date.') {
  return z.iso.date(otherwise).refine((date) => !date.startsWith('0000'), { error: otherwise });
}

/** Free text of `min` (else 0) to `max` characters. NUL is refused: PostgreSQL holds none. */
export function textParameter(limits: { readonly min?: number; readonly max: number }) {
  const { min = 0 } = limits;
  return z
    .string()
    .min(min, `Shorter than minimum length ${min}.`)
    .max(limits.max, `Longer than maximum length ${limits.max}.`)
    .refine(isStorable, { error: 'Not a valid string.' });
}

/** One of a few words. */
export function choiceParameter<const C extends readonly [string, ...string[]]>(choices: C) {
  return z.enum(choices, { error: `Must be one of: ${choices.join(', ')}.` });
}

/** `true` or `false`. */
export function booleanParameter() {
  const boolean = choiceParameter(['true', 'false']).transform((word) => word === 'true');
  return written(boolean, { type: 'boolean' });
}

const notATime = 'Not a valid time, such as 2026-11-21T02:00:00Z.';

/** A moment in ISO 8601 with its offset, read as UTC: PostgreSQL knows neither all offsets nor the year 0. */
export function momentParameter() {
  const moment = z.iso
    .datetime({ offset: true, error: notATime, abort: true })
    .transform((text) => new Date(text).toISOString())
    // Beyond the year 9999 there is a sign before it.
    .refine((utc) => /^(?!0000)\d{4}-/.test(utc), { error: notATime });
  return written(moment, { type: 'string', format: 'date-time', examples: ['2026-11-21T02:00:00Z'] });
}
