import * as z from 'zod';
import { PermanentError } from '#kit/errors.ts';
import { parsedJson } from '#kit/text/json.ts';

/** What is known of a backup. It stands beside the bytes, written after them. */
export const receipt = z.object({
  sha256: z.string(),
  bytes: z.int().nonnegative(),
  url: z.string(),
  fetched_at: z.iso.datetime(),
  content_type: z.string(),
  /** Where the bytes are, when that is not the usual key: the first file of a county was fetched again. */
  source_key: z.string().optional(),
});

export type Receipt = z.output<typeof receipt>;

/** Reads a receipt's text. Throws {@link PermanentError}: the bucket was changed by hand. */
export function readReceipt(text: string, key: string): Receipt {
  const parsed = receipt.safeParse(parsedJson(text).value);
  if (!parsed.success) throw new PermanentError(`${key} is not a receipt`);
  return parsed.data;
}
