import * as z from 'zod';
import { isStorable } from '#kit/text/storable.ts';

// Tenant, scenario and two items stand in one index together: PostgreSQL takes 2,704 bytes there, four for a character.
// Tenant and scenario name a group of a queue together, which has 128 characters.
const longestName = 60;
const longestId = 200;

const named = (longest: number) =>
  z
    .union([z.string(), z.int().transform(String)])
    .pipe(z.string().trim().min(1).max(longest).refine(isStorable, 'has a character that can’t be stored'));

export const tenantId = named(longestName).pipe(z.string().regex(/^[\w.:-]+$/, 'has letters, digits and _ . : -'));
export const scenarioId = named(longestName).pipe(z.string().regex(/^[\w.:-]+$/, 'has letters, digits and _ . : -'));
/** Of an item, a user, an event: whatever the sender calls it. A number is its text. */
export const itemId = named(longestId);
export const userId = named(longestId);
export const eventId = named(longestId);
