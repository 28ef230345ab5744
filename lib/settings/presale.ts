import * as z from 'zod';
import { countyLetters } from '../../lambdas/presale/contract.ts';

const counties = z
  .array(z.enum(countyLetters))
  .min(1)
  .refine((letters) => new Set(letters).size === letters.length, 'A county stands once');

/** What an environment may say of presale; what it leaves out is as here. */
export const presale = z.strictObject({
  enabled: z.boolean().default(true),
  /** Off: runs start by hand only. */
  scheduled: z.boolean().default(true),
  siteUrl: z.url().default('https://plvr.land.moi.gov.tw'),
  counties: counties.default([...countyLetters]),
  /** Counties fetched and loaded at once; each holds one database connection while it loads. */
  parallelCounties: z.int().min(1).max(22).default(4),
  retrySeconds: z.int().positive().default(3600),
  /** How long changes are gathered before a county's file is written; SQS delays by 900 at most. */
  filesDelaySeconds: z.int().min(2).max(900).default(60),
  maxAttempts: z.int().positive().default(24),
});
