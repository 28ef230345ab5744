import { originAttributes, type SendMessage, sendEntries } from '../queue.ts';
import { messageBody } from './message-body.ts';

interface Waiting {
  readonly entry: Parameters<typeof sendEntries>[1][number];
  readonly done: { resolve(): void; reject(error: unknown): void };
}

/**
 * The queue behind a URL, for code that sends many at about the same time: what comes while a request is under way goes with
 * the next one. No message waits for a group to fill.
 */
export function groupedQueue(url: string): SendMessage {
  let waiting: Waiting[] = [];
  let isSending = false;
  const sendAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      const entries = group.map(({ entry }, index) => ({ ...entry, Id: String(index) }));
      const outcomes = await sendEntries(url, entries);
      for (const [index, { done }] of group.entries()) {
        const error = outcomes.get(index);
        if (error === undefined) done.resolve();
        else done.reject(error);
      }
    }
    isSending = false;
  };
  return (message) =>
    new Promise((resolve, reject) => {
      const entry = { Id: '', MessageBody: messageBody(message), MessageAttributes: originAttributes() };
      waiting.push({ entry, done: { resolve, reject } });
      if (isSending) return;
      isSending = true;
      // Messages of callers that finish in this very moment come along.
      setImmediate(() => void sendAll());
    });
}
