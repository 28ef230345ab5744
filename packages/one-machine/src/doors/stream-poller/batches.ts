import type { Message, MessagesStream } from '@platformatic/kafka';
import { type PolledRecord, polled } from './event.ts';

export interface BatchLimits {
  readonly batchSize: number;
  readonly windowMs: number;
}

// Lambda's six megabytes for an event, less what stands around the records.
const largestBatchBytes = 6 * 1024 * 1024 - 64 * 1024;

/** Cuts a stream of records into batches: full, heavy, or as much as came within the window after the first. */
export async function* batchesOf(
  stream: MessagesStream<Buffer, Buffer, Buffer, Buffer>,
  { batchSize, windowMs }: BatchLimits,
): AsyncGenerator<readonly PolledRecord[]> {
  const records = stream[Symbol.asyncIterator]();
  let coming: Promise<IteratorResult<Message>> | undefined;
  let held: PolledRecord | undefined;
  for (;;) {
    const batch: PolledRecord[] = held ? [held] : [];
    let bytes = held?.bytes ?? 0;
    held = undefined;
    const window = Promise.withResolvers<undefined>();
    let timer = batch.length > 0 ? setTimeout(window.resolve, windowMs, undefined) : undefined;
    while (batch.length < batchSize) {
      coming ??= records.next();
      const next = await Promise.race([coming, window.promise]);
      if (next === undefined) break;
      coming = undefined;
      if (next.done) {
        clearTimeout(timer);
        if (batch.length > 0) yield batch;
        return;
      }
      const one = polled(next.value);
      if (batch.length > 0 && bytes + one.bytes > largestBatchBytes) {
        held = one;
        break;
      }
      batch.push(one);
      bytes += one.bytes;
      timer ??= setTimeout(window.resolve, windowMs, undefined);
    }
    clearTimeout(timer);
    yield batch;
  }
}
