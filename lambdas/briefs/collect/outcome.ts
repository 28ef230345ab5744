import { ThrottledError, TransientError } from '#kit/errors.ts';
import { storableText } from '#kit/text/storable.ts';
import { BalanceError, BlockedError, LoginWantedError } from '../platforms/refusals.ts';
import { type CallOutcome, mostTries, retryAt } from './platform-state.ts';

/** What follows from an answer that couldn't be used. */
export interface Refused {
  readonly outcome: CallOutcome;
  readonly end:
    | { readonly state: 'waiting'; readonly dueAt: Date; readonly reason: string }
    | { readonly state: 'failed'; readonly reason: string };
}

/** For the row: the reason as a word, and what was said, cut. */
const longestReason = 300;

/**
 * A refusal or failure of a call's attempt. A login that is wanted and an empty balance end the call at once: nothing
 * but a person changes that. All else comes again, up to the last try. A user or note that can't be read says nothing of
 * its platform: it may be gone.
 */
export function refusedBy(
  error: unknown,
  { kind, tries }: { readonly kind: keyof typeof mostTries; readonly tries: number },
  { now, random }: { readonly now: Date; readonly random: () => number },
): Refused {
  const [outcome, word] = wordOf(error);
  const said = error instanceof Error ? error.message : String(error);
  const reason = storableText(`${word}: ${said}`.slice(0, longestReason));
  const final = outcome === 'login-wanted' || outcome === 'no-balance' || tries >= mostTries[kind];
  const isDetail = kind === 'user' || kind === 'note';
  return {
    outcome: isDetail && word === 'unknown-shape' ? 'answered' : outcome,
    end: final ? { state: 'failed', reason } : { state: 'waiting', dueAt: retryAt(tries, now, random), reason },
  };
}

function wordOf(error: unknown): readonly [CallOutcome, string] {
  if (error instanceof LoginWantedError) return ['login-wanted', 'needs-login'];
  if (error instanceof BalanceError) return ['no-balance', 'no-balance'];
  if (error instanceof BlockedError) return ['blocked', 'blocked'];
  if (error instanceof ThrottledError) return ['throttled', 'throttled'];
  if (error instanceof TransientError) return ['failed', 'unreachable'];
  // Whatever else a driver throws comes of an answer that it wasn't made for.
  return ['failed', 'unknown-shape'];
}
