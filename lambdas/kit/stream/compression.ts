import * as z from 'zod';

/** How a producer packs its batches: what each costs, and who reads it, is in docs/how-to/tag-messages.md. */
export const compressions = ['gzip', 'none', 'lz4', 'snappy', 'zstd'] as const;

export type Compression = (typeof compressions)[number];

/** gzip is the one that every client reads without anything added to it. */
export const compression = z.enum(compressions).default('gzip');
