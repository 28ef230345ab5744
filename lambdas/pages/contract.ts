import * as z from 'zod';

const milliseconds = z.coerce.number().int().positive();

/** The limits and manners of whoever fetches pages: its variables. */
export const pageEnv = {
  PAGE_TIMEOUT_MS: milliseconds,
  /** Of the decoded page. */
  PAGE_MAX_BYTES: milliseconds,
  /** Of what is kept of a page, as HTML and as text. */
  PAGE_KEPT_BYTES: milliseconds,
  /** Requests to one host at once, and the gap between two of them. */
  PAGE_PER_HOST: milliseconds,
  PAGE_GAP_MS: z.coerce.number().int().nonnegative(),
  /** How long a page stands for itself in further messages. */
  PAGE_FRESH_MS: milliseconds,
  /** `127.0.0.1:4600`, comma separated: addresses that may be asked for although they are not public. */
  PAGE_ALLOWED: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter(Boolean)),
};

/**
 * What a page may use to be read; past it all of its text stands for its article. The largest page of the extraction
 * benchmark takes a second of a processor. By the clock it is more, for a function has half a processor and less.
 */
export const readingLimits = { processorMs: 3000, clockMs: 8000, memoryMb: 256 } as const;
