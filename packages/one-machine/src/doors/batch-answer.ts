/**
 * What a function reports of its batch: the identifiers of the items that failed, or `undefined` where its answer is none. An
 * answer that says nothing of items (null, {}, a list that is null or empty) is a success; a text, a number, a list
 * in its place or items without an identifier are not. Source: Lambda Developer Guide, "Handling errors for an SQS event
 * source", success and failure conditions; those of Kafka are the same.
 */
export function failedItems(payload: unknown): readonly unknown[] | undefined {
  if (payload === null || payload === undefined) return [];
  if (typeof payload !== 'object' || Array.isArray(payload)) return undefined;
  const { batchItemFailures = [] } = payload as { batchItemFailures?: unknown };
  if (batchItemFailures === null) return [];
  if (!Array.isArray(batchItemFailures)) return undefined;
  const identifiers = batchItemFailures.map((item: unknown) =>
    typeof item === 'object' && item !== null && 'itemIdentifier' in item ? item.itemIdentifier : undefined,
  );
  return identifiers.some((identifier) => identifier === undefined || identifier === null || identifier === '')
    ? undefined
    : identifiers;
}
