import * as z from 'zod';
import { PermanentError } from '../errors.ts';
import { faultsAsText } from '../issues.ts';

/** What reading a text as JSON comes to. A value is never `undefined`, for JSON has none. */
type ParsedJson =
  | { readonly value: unknown; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: SyntaxError };

/** Reads JSON; a text that is none throws nothing. The error is the parser's, and quotes the text: where that is secret, use only `value`. */
export function parsedJson(text: string, reviver?: Parameters<typeof JSON.parse>[1]): ParsedJson {
  try {
    return { value: JSON.parse(text, reviver) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return { error };
    throw error;
  }
}

/** The object or list in a JSON text; `undefined` for any other text. */
export function objectInJson(text: string): Readonly<Record<string, unknown>> | undefined {
  const { value } = parsedJson(text);
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}

/** Reads JSON text by a schema. Throws a PermanentError that says of `what` that it is no JSON, or names each wrong field. */
export function readJsonAs<S extends z.ZodType>(schema: S, text: string, what: string): z.output<S> {
  const { value, error: cause } = parsedJson(text);
  if (value === undefined) throw new PermanentError(`${what} is not JSON`, { cause });
  const read = schema.safeParse(value);
  if (!read.success) throw new PermanentError(`${what}: ${faultsAsText(read.error.issues)}`);
  return read.data;
}

/** The schema of a text that is JSON of `schema`, as variables of the environment are. Issues never quote the text. */
export function jsonText<S extends z.ZodType>(schema: S) {
  return z
    .string()
    .transform((text, context): unknown => {
      const { value } = parsedJson(text);
      if (value !== undefined) return value;
      context.addIssue('not JSON');
      return z.NEVER;
    })
    .pipe(schema);
}
