import * as z from 'zod';

/** Query and path parameters: text on the wire, with the words existing clients know from before. */

const notAnInteger = 'Not a valid integer.';

/** A whole number within bounds. */
export function integerParameter(bounds: { readonly min?: number; readonly max?: number } = {}) {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = bounds;
  return z
    .string()
    .regex(/^[+-]?\d+$/, { error: notAnInteger, abort: true })
    .transform(Number)
    .refine((value) => Number.isSafeInteger(value), { error: notAnInteger, abort: true })
    .refine((value) => value >= min && value <= max, { error: boundsMessage(bounds) });
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
    .refine((text) => !text.includes('\0'), { error: 'Not a valid string.' });
}

/** One of a few words. */
export function choiceParameter<const C extends readonly [string, ...string[]]>(choices: C) {
  return z.enum(choices, { error: `Must be one of: ${choices.join(', ')}.` });
}
