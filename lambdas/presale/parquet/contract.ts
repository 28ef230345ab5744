import * as z from 'zod';
import { countyLetters } from '../publication/counties.ts';

/** The part of the contract of presale that is about files of deals. */

/** The queue of files, and how long it waits. */
export const dealFilesEnv = { DEALS_QUEUE_URL: z.url(), DEALS_DELAY_MS: z.coerce.number().int().positive() };

export const writeDealsEnv = z.object({ DATABASE_URL: z.string().min(1), RAW_BUCKET: z.string().min(1) });

/** Asks for the file of a county. */
export const writeDealsMessage = z.object({ county: z.enum(countyLetters) });
