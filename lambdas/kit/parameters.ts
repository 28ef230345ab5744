import { z } from 'zod';

/** Query and path parameters: text on the wire, with the words existing clients know from before. */

/** A whole number within bounds. */
export function integerParameter(bounds: { readonly min?: number; readonly max?: number } = {}) {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = bounds;
  return z
    .string()
    .regex(/^[+-]?\d{1,16}$/, 'Not a valid integer.')
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: boundsMessage(min, max) });
}

function boundsMessage(min: number, max: number): string {
  if (max === Number.MAX_SAFE_INTEGER) return `Must be greater than or equal to ${min}.`;
  return `Must be greater than or equal to ${min} and less than or equal to ${max}.`;
}

/** A calendar date, `2022-09-11`. */
export function dateParameter() {
  return z.iso.date('Not a valid date.');
}

/** Free text up to `max` characters. NUL is refused: PostgreSQL holds none. */
export function textParameter(limits: { readonly max: number }) {
  return z
    .string()
    .max(limits.max, `Longer than maximum length ${limits.max}.`)
    .refine((text) => !text.includes('\0'), { error: 'Not a valid string.' });
}

/** One of a few words. */
export function choiceParameter<const C extends readonly [string, ...string[]]>(choices: C) {
  return z.enum(choices, { error: `Must be one of: ${choices.join(', ')}.` });
}
