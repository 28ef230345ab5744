import * as z from 'zod';

/** What the functions on a text have in common. */
export const input = {
  creator: 'millrace',
  published: true,
  publishedOn: '2026-11-21',
  input: z.object({ text: z.string().max(100_000).meta({ description: 'Chinese or English.' }) }),
  runsOn: 'worker',
  timeoutSeconds: 60,
  retries: 2,
} as const;
