import type { Clock } from '#kit/clock.ts';
import { NoAnswerError } from '#kit/errors.ts';
import type { SendCallbackPorts } from './send-callback.ts';

type Post = SendCallbackPorts['post'];

// As long as a dead receiver's callbacks cost no other time; afterwards one of them finds out whether it is back.
const rememberedMs = 60_000;
// Of names that callers chose: memory is bound. The oldest go.
const mostHosts = 1000;

/** Posts, but for a minute not to a host that gave no answer: that is a NoAnswerError at once. */
export function impatient(post: Post, clock: Clock): Post {
  const slow = new Map<string, number>();
  return async (url, body, headers) => {
    const { host } = new URL(url);
    if ((slow.get(host) ?? Number.NEGATIVE_INFINITY) > clock().getTime() - rememberedMs)
      throw new NoAnswerError(`${host} gave no answer lately`);
    slow.delete(host);
    try {
      await post(url, body, headers);
    } catch (error) {
      if (error instanceof NoAnswerError) {
        slow.set(host, clock().getTime());
        const [oldest] = slow.keys();
        if (slow.size > mostHosts && oldest !== undefined) slow.delete(oldest);
      }
      throw error;
    }
  };
}

/** Sends; what got no answer is for the queue of those that take their time. */
export async function orSlowly(send: () => Promise<void>, slowly: () => Promise<void>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    await slowly();
  }
}
