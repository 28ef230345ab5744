import { Parser } from 'htmlparser2';
import { TransientError } from '#kit/errors.ts';
import { errorPageWords } from './error-page.ts';
import { publicationBefore } from './publication-date.ts';
import { seasonStart } from './season.ts';

/** Whether a publication is out, and how that is known. */
export interface UpdateCheck {
  readonly state: 'out' | 'not-yet' | 'replaced';
  readonly reason: string;
}

/**
 * Reads the list of earlier publications. A publication is out when the list reaches the one before it, or when the
 * list is empty (a new season clears it); `replaced` when the list has the publication itself or a later one, for then
 * the site's files are no longer those of this date. `today` is the site's own date. Throws {@link TransientError} for a page that is no such list.
 */
export function checkUpdate(html: string, publicationDate: string, today: string): UpdateCheck {
  const last = lastPublication(html);
  if (last === undefined) return newSeason(publicationDate, today);
  const before = publicationBefore(publicationDate);
  if (last >= publicationDate) {
    return {
      state: 'replaced',
      reason: `The list of earlier publications goes to ${last}: the site shows a newer one.`,
    };
  }
  return last >= before
    ? { state: 'out', reason: `The list of earlier publications goes to ${last}.` }
    : { state: 'not-yet', reason: `The list of earlier publications goes to ${last}, not yet to ${before}.` };
}

/** An empty list shows the season's first publication, whatever was asked for. */
function newSeason(publicationDate: string, today: string): UpdateCheck {
  const first = seasonStart(today);
  return publicationDate < first
    ? { state: 'replaced', reason: `The list of earlier publications is empty: the season of ${first} has begun.` }
    : { state: 'out', reason: 'The list of earlier publications is empty: a new season.' };
}

/** The last date of the list, in the second cell of its last row; `undefined` when the list is empty. */
export function lastPublication(html: string): string | undefined {
  const words = errorPageWords(html);
  if (words !== undefined) throw new TransientError(`The list of earlier publications is an error page: ${words}`);
  const rows = firstTable(html);
  if (!rows) throw new TransientError('The list of earlier publications has no table');
  if (!rows.some((cells) => cells.some((cell) => dateIn(cell)))) return undefined;
  const last = dateIn(rows.at(-1)?.[1] ?? '');
  if (last === undefined) throw new TransientError('The last row of the list of earlier publications has no date');
  return last;
}

function dateIn(cell: string): string | undefined {
  const [, year, month, day] = /發布日期\s*(\d{4})(\d{2})(\d{2})/.exec(cell) ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}`;
}

/** The cells' texts of the first table outside comments and scripts, by row; a table inside a cell adds to that cell. */
function firstTable(html: string): string[][] | undefined {
  const rows: string[][] = [];
  let depth = 0;
  let found = false;
  let done = false;
  const parser = new Parser({
    onopentag(name) {
      if (done) return;
      if (name === 'table') {
        depth += 1;
        found = true;
      } else if (depth === 1 && name === 'tr') rows.push([]);
      else if (depth === 1 && (name === 'td' || name === 'th')) rows.at(-1)?.push('');
    },
    ontext(text) {
      const row = rows.at(-1);
      if (!done && depth > 0 && row && row.length > 0) row[row.length - 1] += text;
    },
    onclosetag(name) {
      if (name !== 'table' || depth === 0) return;
      depth -= 1;
      done ||= depth === 0;
    },
  });
  parser.end(html);
  return found ? rows : undefined;
}
