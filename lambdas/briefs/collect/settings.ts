import * as z from 'zod';
import { type PlatformName, platformNames } from '../platforms/names.ts';

/** How one platform is asked, as an environment says it. */
const platformSettings = z.strictObject({
  driver: z.enum(['native', 'gateway', 'off']),
  baseUrl: z.url(),
  /** Of the search, where an operator's account wants another one. */
  searchPath: z.string().startsWith('/').optional(),
  requestsPerSecond: z.number().positive().max(100),
  /** Calls under way, of all workers together. */
  concurrency: z.int().min(1).max(100),
  /** USD. */
  pricePerCall: z.number().min(0).max(10),
  budgetPerBrief: z.number().min(0),
  budgetPerDay: z.number().min(0),
  /** For how long a call waits for a platform that has stopped answering, before its task goes on without it. */
  patienceSeconds: z.int().min(0).max(86_400).default(300),
  /** Whether fans, full texts and figures are asked for, one by one. */
  enrich: z.boolean(),
  /** Whether a schedule asks if the credential is still good; off where a call costs money. */
  probe: z.boolean(),
});

export type PlatformSettings = z.output<typeof platformSettings>;

/** Every platform's settings. */
export const allPlatformSettings = z.record(z.enum(platformNames), platformSettings);
export type AllPlatformSettings = Readonly<Record<PlatformName, PlatformSettings>>;
