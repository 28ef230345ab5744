import * as z from 'zod';
import { allPlatformSettings, platformDefaults } from '../../lambdas/briefs/contract.ts';

/** What an environment may say of briefs; what it leaves out is as here. */
export const briefs = z.strictObject({
  enabled: z.boolean().default(true),
  platforms: allPlatformSettings.prefault(platformDefaults as z.input<typeof allPlatformSettings>),
  /** Calls made by functions at once, of all platforms together. */
  workers: z.int().min(2).max(1000).default(6),
  /** Stages whose files are made at once; SQS allows no less than 2. */
  exporters: z.int().min(2).max(1000).default(2),
  /** Words that say nothing, beside those that the project knows. */
  stopWords: z.array(z.string().regex(/^\S+$/)).max(200).default([]),
  /** For one call, its body included. */
  callTimeoutMs: z.int().min(1000).max(60_000).default(30_000),
  /** Of one answer: a page of videos has half a megabyte. */
  callMaxBytes: z.int().positive().default(8_000_000),
  /** Of each topic; one stage's articles are one partition's. It can grow, never shrink. */
  partitions: z.int().min(1).max(100).default(2),
  /** Lambda's own, kept ready; each takes 5 MB/s. */
  pollers: z
    .strictObject({ minimum: z.int().min(1).max(200).default(1), maximum: z.int().min(1).max(2000).default(2) })
    .refine(({ minimum, maximum }) => minimum <= maximum, 'minimum is above maximum')
    .prefault({}),
  /** How long answers as received, articles and files are kept. */
  keepDays: z
    .strictObject({
      answers: z.int().min(1).max(3650).default(30),
      articles: z.int().min(1).max(3650).default(180),
      files: z.int().min(1).max(3650).default(180),
    })
    .prefault({}),
  /** When the credentials are tried. */
  probes: z.string().default('cron(15 8 * * ? *)'),
});
