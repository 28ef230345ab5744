/**
 * Work that many ask for at once, and that is done for all of them together: who asks while it is under way waits for one
 * further time, which sees what they have done. Nobody's wish is met by work that began before it.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = () => {
    running = work().finally(() => {
      running = undefined;
    });
    return running;
  };
  const afterThis = async (current: Promise<void>) => {
    // Whoever asked for it hears of its failure.
    await Promise.allSettled([current]);
    next = undefined;
    // Somebody may have come in between: that began after this as well.
    await (running ?? start());
  };
  return () => {
    if (!running) return start();
    next ??= afterThis(running);
    return next;
  };
}
