import * as z from 'zod';

const wholeNumber = z.coerce.number().int().positive();
// Of Lambda's: no function waits longer.
const longestRunMs = 900_000;

function isHost(text: string): boolean {
  return /^[^\s/?#@]+$/.test(text) && URL.canParse(`http://${text}`);
}

/** The limits and manners of functions that fetch pages: their variables. */
export const pageEnv = {
  PAGE_TIMEOUT_MS: wholeNumber.max(longestRunMs),
  /** Of the decoded page. */
  PAGE_MAX_BYTES: wholeNumber,
  /** Of what is kept of a page, as HTML and as text. */
  PAGE_KEPT_BYTES: wholeNumber,
  /** Requests to one host at once, and the gap between two of them. */
  PAGE_PER_HOST: wholeNumber,
  PAGE_GAP_MS: z.coerce.number().int().nonnegative().max(longestRunMs),
  /** How long a page stands for itself in further messages. */
  PAGE_FRESH_MS: wholeNumber,
  /** `127.0.0.1:4600`, comma separated: addresses that may be asked for although they are not public. */
  PAGE_ALLOWED: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter(Boolean))
    .refine((hosts) => hosts.every(isHost), 'It takes hosts, such as 127.0.0.1:8000, comma separated.'),
};

/**
 * What a page may use to be read; past it all of its text stands for its article. The largest page of the extraction
 * benchmark takes a second of a processor. By the clock it is more, for a function has half a processor and less.
 */
export const readingLimits = { processorMs: 3000, clockMs: 8000, memoryMb: 256 } as const;
