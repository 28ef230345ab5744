import { createHash } from 'node:crypto';
import { faultsAsText } from '#kit/issues.ts';
import { behaviorEvent } from '../behavior/event.ts';
import { type BehaviorRow, rowsOf } from '../behavior/rows.ts';

/** Whose the imported rows are. */
export interface ImportedScenario {
  readonly tenant_id: string;
  readonly scenario_id: string;
}

export interface RatingsWanted extends ImportedScenario {
  readonly received: Date;
  /** Moves all times alike, so that the newest is at this moment. @default as the file says */
  readonly newestAt?: Date | undefined;
}

/** A file that can't be imported: the lines that are wrong, of which nothing has been stored. */
export class WrongLinesError extends Error {
  override readonly name = 'WrongLinesError';

  constructor(file: string, faults: readonly string[]) {
    const shown = faults.slice(0, mostShown).join('\n  ');
    const more = faults.length > mostShown ? `\n  and ${faults.length - mostShown} more` : '';
    super(`${file}: nothing was imported, ${faults.length} lines are wrong:\n  ${shown}${more}`);
  }
}

// As many as a person looks at before mending the file.
const mostShown = 20;

// Four or five stars are a like. Fewer still mean that the user has seen it.
const likedFrom = 4;

/**
 * Reads lines of `user <tab> item <tab> rating <tab> seconds since 1970`, as MovieLens writes them, the oldest first.
 * The id of an event is made of its line, so that the same file again brings nothing new. Throws {@link WrongLinesError}.
 */
export function readRatings(file: string, text: string, wanted: RatingsWanted): BehaviorRow[] {
  const faults: string[] = [];
  const read = linesOf(text).flatMap(({ line, number }) => {
    try {
      return [{ number, ...fieldsOf(line) }];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      faults.push(`line ${number}: ${error.message}`);
      return [];
    }
  });
  const newest = read.reduce((last, { timestamp }) => Math.max(last, timestamp), 0);
  const shift = wanted.newestAt === undefined ? 0 : wanted.newestAt.getTime() - newest;
  const { tenant_id, scenario_id, received } = wanted;
  const rows = read.flatMap(({ number, line, user_id, item_id, rating, timestamp }) => {
    const event_id = `import-${digestOf([scenario_id, line])}`;
    const action_type = rating >= likedFrom ? 'like' : 'view';
    const event = { tenant_id, scenario_id, user_id, item_id, event_id, action_type, extra: { rating } };
    const { data, error } = behaviorEvent.safeParse({ ...event, timestamp: timestamp + shift });
    if (error) faults.push(`line ${number}: ${faultsAsText(error.issues)}`);
    return data ? rowsOf(data, received) : [];
  });
  if (faults.length > 0) throw new WrongLinesError(file, faults);
  return rows.sort((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)));
}

/** Lines that are not empty, with their numbers in the file. */
export function linesOf(text: string): readonly { readonly line: string; readonly number: number }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '');
}

function fieldsOf(line: string) {
  const fields = line.split('\t').map((field) => field.trim());
  if (fields.length !== 4) {
    throw new RangeError(
      `has ${fields.length} fields with tabs between, not 4 (user, item, rating, seconds since 1970)`,
    );
  }
  const [user_id = '', item_id = '', stars = '', seconds = ''] = fields;
  if (user_id === '') throw new RangeError('names no user');
  if (item_id === '') throw new RangeError('names no item');
  if (!/^\d+(\.\d+)?$/.test(stars)) throw new RangeError(`the rating "${stars}" is no number`);
  // Twelve digits would be milliseconds, or a time that no file of the past has.
  if (!/^\d{1,11}$/.test(seconds)) throw new RangeError(`"${seconds}" is no time in seconds since 1970`);
  return { line: fields.join('\t'), user_id, item_id, rating: Number(stars), timestamp: Number(seconds) * 1000 };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}
