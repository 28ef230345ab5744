import { PermanentError, TransientError } from '#kit/errors.ts';
import { type Column, columns } from './columns.ts';

/** How one file's lines are to be read: columns are found by name, never by place. */
export interface Layout {
  /** The file's column names, in its order, each once. */
  readonly names: readonly string[];
  /** Which value stands at which place; `undefined` for a column that this file doesn't have. */
  readonly places: readonly { readonly column: Column; readonly place: number | undefined }[];
  /** No deal of this file is younger (`2022-09-30`). @default any day that exists */
  readonly newest?: string | undefined;
}

/**
 * Reads the header line. Throws {@link PermanentError} naming every required column that is missing, and
 * {@link TransientError} for a page of HTML: the site was disturbed and may not be tomorrow.
 */
export function readHeader(line: string): Layout {
  const text = withoutByteOrderMarks(line).trim();
  if (text === '') throw new TransientError('The file is empty', { fault: 'EmptyFile' });
  if (text.startsWith('<')) {
    throw new TransientError('An HTML page stands where a CSV file was expected', { fault: 'HtmlInsteadOfCsv' });
  }
  const names = eachOnce(text.split(',').map((name) => name.trim()));
  const places = columns.map((column) => ({ column, place: placeOf(column, names) }));
  const missing = places.filter(({ column, place }) => place === undefined && !column.optional);
  if (missing.length === 0) return { names, places };
  const list = [...new Set(missing.map(({ column }) => column.names[0]))].join(', ');
  throw new PermanentError(`The header lacks required columns: ${list}`, { fault: 'MissingColumn' });
}

/** Real files have one byte order mark, two, or none. */
export function withoutByteOrderMarks(text: string): string {
  return text.replace(/^\uFEFF+/, '');
}

/** A name that comes again gets its number, 備註 (2): the first is the column, the others are unknown ones that are told of. */
function eachOnce(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let number = 2; taken.has(free); number += 1) free = `${name} (${number})`.trim();
    taken.add(free);
    return free;
  });
}

function placeOf(column: Column, names: readonly string[]): number | undefined {
  const found = column.names.map((name) => names.indexOf(name)).find((place) => place >= 0);
  return found;
}
