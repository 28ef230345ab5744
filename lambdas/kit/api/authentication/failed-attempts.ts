import { sha256 } from './schemes.ts';

/** Wrong passwords of one name from one address that are read, until the pair has to wait. */
export const mostFailures = 30;

/** How long a pair waits after the last of them; without one for so long it starts anew. */
export const waitSeconds = 60;

/** A wrong password. */
export interface FailedAttempt {
  readonly pair: string;
  /** Whether a user has the name: unknown names leave no trace that outlives the instance. */
  readonly isKnown: boolean;
}

/** Counts wrong passwords by name and address. */
export interface FailedAttempts {
  /** Seconds that the pair's passwords stay unread, as far as this instance knows; `undefined` when they are read. */
  waiting(pair: string, now: Date): number | undefined;
  /** Counts one; seconds to wait where it was one too many, which then tells nothing of the password. */
  count(attempt: FailedAttempt, now: Date): Promise<number | undefined>;
}

/** One text for a name and where it is tried from, of one length whatever was sent. */
export function pairOf(name: string, address: string): string {
  return sha256(JSON.stringify([address, name]));
}

/** What one of several instances may read, so that all of them together read no more than one would. */
export function shareOf(instances: number): number {
  return Math.max(1, Math.floor(mostFailures / instances));
}

interface Counted {
  readonly failures: number;
  readonly at: number;
}

/**
 * Counts in this process, for at most `mostPairs` pairs of each kind; the one that failed longest ago gives way. Unknown
 * names can't push out those of users.
 */
export function attemptsInMemory(most: number, mostPairs = 10_000): FailedAttempts {
  const known = new Map<string, Counted>();
  const unknown = new Map<string, Counted>();

  function left(counted: Counted | undefined, now: Date): number | undefined {
    if (counted === undefined || counted.failures < most) return undefined;
    const seconds = Math.ceil((counted.at - now.getTime()) / 1000 + waitSeconds);
    // A clock that was set back must not make a caller wait longer.
    return seconds > 0 ? Math.min(seconds, waitSeconds) : undefined;
  }

  return {
    waiting: (pair, now) => left(known.get(pair), now) ?? left(unknown.get(pair), now),
    async count({ pair, isKnown }, now) {
      const pairs = isKnown ? known : unknown;
      const counted = pairs.get(pair);
      const waiting = left(counted, now);
      if (waiting !== undefined) return waiting;
      const isOver = counted === undefined || now.getTime() - counted.at >= waitSeconds * 1000;
      // Last in the map's order.
      pairs.delete(pair);
      pairs.set(pair, { failures: isOver ? 1 : counted.failures + 1, at: now.getTime() });
      for (const oldest of pairs.keys()) {
        if (pairs.size <= mostPairs) break;
        pairs.delete(oldest);
      }
      return undefined;
    },
  };
}
