/**
 * Does work once for many callers: those who call while it runs share one further run, which sees what they have done. No
 * caller is answered by a run that began before its call.
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
    // Its own callers hear of its failure.
    await Promise.allSettled([current]);
    next = undefined;
    // A run that another caller started in between began after this call as well.
    await (running ?? start());
  };
  return () => {
    if (!running) return start();
    next ??= afterThis(running);
    return next;
  };
}
