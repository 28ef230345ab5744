import * as z from 'zod';
import { lastPage, pageParameter } from '#kit/api/paging.ts';
import { dateParameter, integerParameter, textParameter, written } from '#kit/api/parameters.ts';
import { rangeOf } from '../reading/post-time.ts';

/**
 * Fields that come as text in the query, and as what they are in a JSON body. What is empty or null is left out: the
 * front end sends every field there is.
 */

const leftOut = (given: unknown) => (given === '' || given === null ? undefined : given);
/** A number of a body as a query has it. */
const asText = (given: unknown) => (typeof given === 'number' ? String(given) : leftOut(given));

/** Text, as it is shown to people. */
export function textField(limits: { readonly min?: number; readonly max: number }) {
  const field = z.preprocess(leftOut, textParameter(limits).optional());
  return written(field, { type: 'string', minLength: limits.min, maxLength: limits.max });
}

/** A whole number within bounds. */
export function integerField(bounds: { readonly min?: number; readonly max?: number } = {}) {
  const field = z.preprocess(asText, integerParameter(bounds).optional());
  return written(field, { type: 'integer', minimum: bounds.min, maximum: bounds.max });
}

/** One of a few whole numbers, which stand for something. */
export function numberedField<T>(choices: ReadonlyMap<number, T>, otherwise?: number) {
  const numbers = [...choices.keys()];
  const known = integerParameter().refine((number) => choices.has(number), {
    error: `Must be one of: ${numbers.join(', ')}.`,
  });
  const chosen = known.transform((number) => choices.get(number) as T).optional();
  const field = z.preprocess(
    (given) => asText(given) ?? (otherwise === undefined ? undefined : `${otherwise}`),
    chosen,
  );
  return written(field, { type: 'integer', enum: numbers, default: otherwise });
}

const missing = 'Missing data for required field.';

/** The same, where it must be said which. */
export function requiredNumberedField<T>(choices: ReadonlyMap<number, T>) {
  const numbers = [...choices.keys()];
  const given = z.string({ error: ({ input }) => (input === undefined ? missing : undefined) });
  const known = integerParameter().refine((number) => choices.has(number), {
    error: `Must be one of: ${numbers.join(', ')}.`,
  });
  const chosen = given.pipe(known).transform((number) => choices.get(number) as T);
  return written(z.preprocess(asText, chosen), { type: 'integer', enum: numbers });
}

const notANumber = 'Not a valid number.';

/** A number with or without a fraction. */
export function numberField() {
  const number = z
    .string()
    .regex(/^[+-]?\d{1,18}(\.\d{1,18})?$/, notANumber)
    .transform(Number);
  return written(z.preprocess(asText, number.optional()), { type: 'number' });
}

/** `true` of a body, and what a query has of it. */
export function booleanField() {
  const field = z.preprocess(
    (given) => (typeof given === 'boolean' ? String(given) : asText(given)),
    z
      .enum(['true', 'false', '1', '0'], { error: 'Must be one of: true, false.' })
      .transform((word) => word === 'true' || word === '1')
      .optional(),
  );
  return written(field, { type: 'boolean' });
}

const mostListed = 100;

/** Whole numbers: a list, `1`, `1,4` (API Gateway joins a name that comes twice), or `[1,4]`. */
export function integersField() {
  const field = z.preprocess(listed, z.array(z.preprocess(asText, integerParameter())).max(mostListed).optional());
  return written(field, { type: 'array', items: { type: 'integer' }, maxItems: mostListed });
}

/** An empty list chooses nothing, as an empty text does: the front end's way to say all. */
function listed(given: unknown): unknown {
  if (typeof given === 'number') return [given];
  if (Array.isArray(given)) return given.length === 0 ? undefined : given;
  if (typeof given !== 'string') return leftOut(given);
  const parts = given
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id of a brief or a stage. A text that is none is one that isn't found. */
export function idField() {
  return z.string().meta({ format: 'uuid' });
}

/** An id that need not be given. */
export function optionalIdField() {
  return written(z.preprocess(leftOut, z.string().optional()), { type: 'string', format: 'uuid' });
}

/** The length or the number of a page; left out, it is `otherwise`. */
export function pageField(otherwise: number, most = lastPage) {
  const field = z.preprocess(leftOut, pageParameter(most).default(otherwise));
  return written(field, { type: 'integer', minimum: 1, maximum: most, default: otherwise });
}

/** Whether a text can be an id at all. */
export function isId(text: string): boolean {
  return uuid.test(text);
}

/** A stretch of time: from its first moment to the one after its last. */
interface Stretch {
  readonly from: Date;
  readonly until: Date;
}

const notATime = 'Not a valid time, such as 2026-11-21 or 2026-11-21 10:00:00.';

/** A day, a minute or a second in Shanghai, a moment with its offset, or seconds or milliseconds since 1970. */
export function timeField() {
  const time = z
    .string()
    .max(40, notATime)
    .transform((text, context): Stretch => {
      const read = stretchOf(text.trim());
      if (read) return read;
      context.addIssue({ code: 'custom', message: notATime });
      return z.NEVER;
    });
  return written(z.preprocess(asText, time.optional()), { type: 'string', examples: ['2026-11-21'] });
}

const day = dateParameter();

function stretchOf(text: string): Stretch | undefined {
  if (/^\d{9,10}$/.test(text)) return seconds(new Date(Number(text) * 1000));
  if (/^\d{13}$/.test(text)) return seconds(new Date(Number(text)));
  const [, year, month, date, time, second, offset] =
    /^(\d{4})[-./]?(\d{1,2})[-./]?(\d{1,2})(?:[T ]+(\d{1,2}:\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
      text,
    ) ?? [];
  const written = `${year}-${month?.padStart(2, '0')}-${date?.padStart(2, '0')}`;
  if (!day.safeParse(written).success) return undefined;
  if (time === undefined) return rangeOf(written, written);
  const at = new Date(`${written}T${time.padStart(5, '0')}:${second ?? '00'}${offset?.toUpperCase() ?? '+08:00'}`);
  return Number.isNaN(at.getTime()) ? undefined : seconds(at, second === undefined ? 60 : 1);
}

function seconds(from: Date, count = 1): Stretch {
  return { from, until: new Date(from.getTime() + count * 1000) };
}
