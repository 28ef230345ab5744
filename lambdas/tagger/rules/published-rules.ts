import { ConflictError } from '#kit/errors.ts';
import { parseRules } from './rule-file.ts';
import type { RuleObject } from './rule-source.ts';

/** A rules file that stood, or stands, above the shipped one. */
export interface RulesVersion {
  readonly version: string;
  readonly at: Date;
  readonly isCurrent: boolean;
}

/** Where published rules lie. */
export interface RulesShelf {
  read(): Promise<RuleObject>;
  /** In place of those of the ETag, or of none; `false` when others stand there. */
  publish(text: string, seen: string | null): Promise<boolean>;
  /** Those of the ETag; `false` when others stand there, or none. */
  withdraw(seen: string): Promise<boolean>;
  /** The newest first. */
  versions(): Promise<readonly RulesVersion[]>;
  readVersion(version: string): Promise<string>;
  readonly shipped: () => string;
}

/** The rules that count, and what says that they are still those: null for the shipped ones. */
export interface RulesNow {
  readonly etag: string | null;
  readonly text: string;
}

export async function rulesNow(shelf: RulesShelf): Promise<RulesNow> {
  const found = await shelf.read();
  return found.state === 'changed' ? { etag: found.etag, text: found.text } : { etag: null, text: shelf.shipped() };
}

/**
 * Puts rules above those that count, unless they are wrong, or others count by now than the author has seen. Throws a
 * PermanentError that names each field that is wrong, or a {@link ConflictError}.
 */
export async function publishRules(shelf: RulesShelf, text: string, seen: string | null): Promise<RulesNow> {
  parseRules(text);
  // Of two who publish at once one is told.
  if (!(await shelf.publish(text, seen))) throw overtaken();
  return rulesNow(shelf);
}

/** Brings the shipped rules back, under the same condition. */
export async function withdrawRules(shelf: RulesShelf, seen: string | null): Promise<RulesNow> {
  // With nothing above them there is nothing to bring back; whether there is says the shelf in the moment of doing it.
  const done = seen === null ? (await rulesNow(shelf)).etag === null : await shelf.withdraw(seen);
  if (!done) throw overtaken();
  return rulesNow(shelf);
}

const overtaken = () => new ConflictError('Other rules were published meanwhile. Look at them first.');
