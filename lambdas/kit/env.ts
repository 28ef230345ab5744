import type * as z from 'zod';

/** What a construct must set for a handler: every key of the handler's schema, as text. */
export type EnvOf<E extends z.ZodObject> = { readonly [K in keyof z.input<E>]-?: string };

/** The environment variables are wrong; nothing can be served until they are mended. Names every wrong one at once. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Reads the variables a handler declares. Throws {@link ConfigurationError} with all faults, never with a value (it may be secret). */
export function readEnv<E extends z.ZodObject>(
  schema: E,
  source: Record<string, string | undefined> = process.env,
): z.output<E> {
  const known = Object.fromEntries(Object.keys(schema.shape).map((key) => [key, source[key]]));
  const parsed = schema.safeParse(known);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigurationError(`Environment variables: ${faults.join('; ')}`);
}
