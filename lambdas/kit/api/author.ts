import { textParameter } from './parameters.ts';

/** Who asks for a change, in their own words: there is one credential, and who holds it has no name. */
export const whoField = textParameter({ min: 1, max: 100 })
  .optional()
  .meta({ description: 'Who changes it, in their own words.', examples: ['Mei'] });

/** What stands as the author of a change: `api`, or `api:Mei`. */
export function authorOf(who: string | undefined): string {
  return who === undefined ? 'api' : `api:${who}`;
}
