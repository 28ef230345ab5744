/** The last first. One that fails keeps none of the others from being stopped; it is thrown when all are. */
export async function undoAll(undo: (() => Promise<unknown>)[]): Promise<void> {
  const failed: unknown[] = [];
  for (const step of undo.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length === 1) throw failed[0];
  if (failed.length > 1) throw new AggregateError(failed, 'Several parts did not stop');
}
