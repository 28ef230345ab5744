import * as z from 'zod';
import { readJsonAs } from '#kit/text/json.ts';

const count = z.int().nonnegative();

/** What an export holds, so that a restore can tell a whole one from a damaged one, and what its columns were. */
export const manifest = z.object({
  date: z.iso.date(),
  /** The moment of the snapshot: all tables are as they were then. */
  taken_at: z.iso.datetime(),
  /** The newest migration of the database. */
  migration: z.string().min(1),
  tables: z.array(
    z.object({
      name: z.string().min(1),
      key: z.string().min(1),
      rows: count,
      bytes: count,
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      columns: z.array(z.object({ name: z.string().min(1), type: z.string().min(1) })).min(1),
    }),
  ),
});

export type Manifest = z.output<typeof manifest>;
export type ExportedTable = Manifest['tables'][number];

/** Reads a manifest's text. Throws a PermanentError for any other text. */
export function readManifest(text: string): Manifest {
  return readJsonAs(manifest, text, 'The manifest');
}
