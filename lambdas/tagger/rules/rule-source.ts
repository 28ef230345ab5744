import { PermanentError } from '#kit/errors.ts';
import { type RuleBook, readRules } from './rule-book.ts';

/** A rules file as it lies in a store: unchanged since the version that is known, new, or not there. */
export type RuleObject =
  | { readonly state: 'unchanged' }
  | { readonly state: 'absent' }
  | { readonly state: 'changed'; readonly etag: string; readonly text: string };

export interface RulePorts {
  /** Reads the rules unless they are those of the ETag. */
  readonly readRules: (etag: string | undefined) => Promise<RuleObject>;
  /** The last good file of the store, by whichever instance it was read; `undefined`: there was none. */
  readonly readKept: () => Promise<string | undefined>;
  /** Keeps a good file for those who start while the newest is broken; '' when the store has none any more. */
  readonly keep: (text: string) => Promise<void>;
  readonly clock: () => Date;
  /** Tells a person that rules were refused, or couldn't be read, and why. Called once for each broken version. */
  readonly refused: (error: Error) => void;
}

/**
 * The rules in force: asks the store at most once in `everyMs`. A broken file is refused and the old rules stay, also for
 * instances that start while it is there.
 */
export function ruleSource(shipped: RuleBook, everyMs: number, ports: RulePorts): () => Promise<RuleBook> {
  let rules = shipped;
  let etag: string | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const ask = async () => {
    const found = await ports.readRules(etag);
    if (found.state === 'absent') {
      const was = etag;
      rules = shipped;
      etag = undefined;
      if (was !== undefined) await ports.keep('');
    }
    if (found.state !== 'changed') return;
    const starts = etag === undefined;
    // Known before it is read: a broken file is told once, not at every look.
    etag = found.etag;
    try {
      rules = readRules(found.text);
    } catch (error) {
      if (starts) rules = await keptOr(shipped);
      throw error;
    }
    await ports.keep(found.text);
  };
  const keptOr = async (otherwise: RuleBook) => {
    const text = await ports.readKept();
    return text ? readRules(text) : otherwise;
  };
  return async () => {
    const now = ports.clock().getTime();
    if (now - askedAt >= everyMs) {
      askedAt = now;
      asking = ask().catch((error: unknown) => {
        ports.refused(error instanceof Error ? error : new PermanentError(String(error)));
      });
    }
    await asking;
    return rules;
  };
}
