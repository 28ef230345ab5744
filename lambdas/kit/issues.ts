import type { z } from 'zod';

/** A schema's findings as field -> reasons; nested fields are joined by dots, the whole value is `_schema`. */
export function faultsByField(issues: readonly z.core.$ZodIssue[]): Record<string, string[]> {
  const faults: Record<string, string[]> = {};
  for (const issue of issues) {
    const field = issue.path.length > 0 ? issue.path.join('.') : '_schema';
    faults[field] ??= [];
    faults[field].push(issue.message);
  }
  return faults;
}

/** The same as one line, for errors that a person reads. */
export function faultsAsText(issues: readonly z.core.$ZodIssue[]): string {
  return Object.entries(faultsByField(issues))
    .map(([field, reasons]) => `${field}: ${reasons.join(' ')}`)
    .join('; ');
}
