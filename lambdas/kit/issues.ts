import type * as z from 'zod';

/** A schema's findings as field -> reasons; nested fields are joined by dots, the whole value is `_schema`. */
export function faultsByField(issues: readonly z.core.$ZodIssue[]): Record<string, string[]> {
  const byField = Map.groupBy(issues, ({ path }) => (path.length > 0 ? path.join('.') : '_schema'));
  return Object.fromEntries([...byField].map(([field, found]) => [field, found.map(({ message }) => message)]));
}

/** The same as one line, for errors that a person reads. */
export function faultsAsText(issues: readonly z.core.$ZodIssue[]): string {
  return Object.entries(faultsByField(issues))
    .map(([field, reasons]) => `${field}: ${reasons.join(' ')}`)
    .join('; ');
}
