import * as z from 'zod';
import { taggerServices } from '../../lambdas/tagger/contract.ts';

const pages = z.strictObject({
  /** Functions that fetch at once. */
  workers: z.int().min(2).max(1000).default(4),
  timeoutMs: z.int().min(100).max(60_000).default(30_000),
  /** Of the decoded page. */
  maxBytes: z.int().positive().default(5_000_000),
  /** Of what is published of it; Kafka takes a MiB a message, and both HTML and text must fit in. */
  keptBytes: z
    .int()
    .positive()
    .max(400 * 1024)
    .default(256 * 1024),
  /** Requests to one host at once, and the gap between two of them. */
  perHost: z.int().min(1).max(10).default(2),
  gapMs: z.int().min(0).default(500),
  /** How long a fetched page is reused. */
  freshMs: z
    .int()
    .positive()
    .default(60 * 60 * 1000),
  /** `10.0.0.7:8080`: what may be asked for although it is not public. */
  allowed: z.array(z.string()).default([]),
});

/** What an environment may say of the tagger; what it leaves out is as here. */
export const tagger = z.strictObject({
  enabled: z.boolean().default(true),
  /**
   * `wx`: reads `wx.messages`, writes `wx.messages.tagged`. `{ name: 'app', in: 'posts', out: 'tagged-posts' }`: its own;
   * with `compression: 'zstd'` its output is packed so (else gzip).
   */
  services: taggerServices.prefault(['wx']),
  /** Of each topic; as many batches are tagged side by side at most. It can grow, never shrink. */
  partitions: z.int().min(1).max(100).default(4),
  /** Lambda's own, kept ready; each takes 5 MB/s. */
  pollers: z
    .strictObject({ minimum: z.int().min(1).max(200).default(1), maximum: z.int().min(1).max(2000).default(2) })
    .refine(({ minimum, maximum }) => minimum <= maximum, 'minimum is above maximum')
    .prefault({}),
  pages: pages.prefault({}),
});
