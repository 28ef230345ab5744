import PQueue from 'p-queue';
import type { FunctionHost, Invocation } from '../functions/function-host.ts';

// Most requests take a tenth of a second: dozens before it have had their turn by then, and no client has gone away yet.
const waitForPlaceMs = 5000;

/** Invokes a function once it has a place; one that finds none in time was never begun, and is `busy`. */
export type InvokeInPlace = (functionArn: string, event: unknown) => Promise<Invocation | 'busy'>;

/**
 * A function has places for so many requests at once. Lambda refuses the next one in that moment; here, where a browser
 * or a script of ten calls comes upon a few places, it waits a short time for its turn.
 */
export function placesOf(functions: FunctionHost, waitMs = waitForPlaceMs): InvokeInPlace {
  const queues = new Map<string, PQueue>();
  const queueOf = (functionArn: string): PQueue => {
    const known = queues.get(functionArn);
    if (known) return known;
    const queue = new PQueue({ concurrency: functions.model(functionArn)?.concurrency ?? Number.POSITIVE_INFINITY });
    queues.set(functionArn, queue);
    return queue;
  };
  return async (functionArn, event) => {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), waitMs);
    let begun = false;
    const inPlace = () => {
      begun = true;
      clearTimeout(timer);
      return functions.invoke(functionArn, event);
    };
    try {
      return await queueOf(functionArn).add(inPlace, { signal: patience.signal });
    } catch (error) {
      if (begun) throw error;
      return 'busy';
    }
  };
}
