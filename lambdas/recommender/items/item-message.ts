import * as z from 'zod';
import { PermanentError } from '#kit/errors.ts';
import { faultsAsText } from '#kit/issues.ts';
import { asStorableJson } from '#kit/text/storable.ts';
import { itemId, scenarioId, tenantId } from '../identifiers.ts';

/** Numbers of the longest vector that a sender may bring. */
const longestEmbedding = 4096;
// The store keeps numbers of four bytes, which end at 3.4e38; only the direction of a vector says anything.
const largestNumber = 1e30;

const fields = {
  item_id: itemId,
  metadata: z.record(z.string(), z.unknown()).prefault({}).transform(asStorableJson),
  embedding: z
    .array(z.number().min(-largestNumber).max(largestNumber))
    .min(1)
    .max(longestEmbedding)
    .nullish()
    .transform((value) => value ?? null),
  status: z.enum(['active', 'inactive']).default('active'),
};

/** An item as it is sent. */
export const sentItem = z.object(fields);
export type SentItem = z.output<typeof sentItem>;

/** A message of the items' topics. Its items are read one by one: a wrong one holds no other back. */
export const itemMessage = z.object({
  tenant_id: tenantId,
  scenario_id: scenarioId,
  items: z.array(z.unknown()).min(1),
});
export type ItemMessage = z.output<typeof itemMessage>;

/** The items of a message that are whole, and what is wrong with the first that isn't. */
export function itemsIn({ items }: ItemMessage): {
  readonly good: readonly SentItem[];
  readonly error?: PermanentError;
} {
  const read = items.map((item) => sentItem.safeParse(item));
  const good = read.flatMap(({ data }) => (data ? [data] : []));
  const wrong = read.findIndex(({ success }) => !success);
  if (wrong < 0) return { good };
  const reason = faultsAsText(read[wrong]?.error?.issues ?? []);
  return { good, error: new PermanentError(`${items.length - good.length} items are wrong; item ${wrong}: ${reason}`) };
}
