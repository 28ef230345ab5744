import type { Caller } from './authentication.ts';
import { textParameter } from './parameters.ts';

/** For whom a change is asked for, in the caller's own words: a program has one name, and people behind it. */
export const whoField = textParameter({ min: 1, max: 100 })
  .optional()
  .meta({ description: 'For whom the caller changes it, in their own words.', examples: ['Mei'] });

/** What stands as the author of a change: the caller, and the person they name: `admin`, `admin:Mei`. */
export function authorOf({ name }: Caller, who: string | undefined): string {
  return who === undefined ? name : `${name}:${who}`;
}
