import * as z from 'zod';

/** A body or query as its schema has it. Throws with every wrong field in words. */
export function parsed<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new Error(z.prettifyError(result.error));
}
