import { TransientError } from '#kit/errors.ts';
import type { FileRow, ProblemReason } from './file-row.ts';
import { type Layout, readHeader, withoutByteOrderMarks } from './header.ts';
import { readLines } from './lines.ts';
import { readRow, refusedRow } from './read-row.ts';

/** Lines that read well but must not be loaded, with the reason for each. */
export type Refusals = ReadonlyMap<number, ProblemReason>;

interface ReadOptions {
  readonly onHeader?: (names: readonly string[]) => void;
  /** The day the file is as of: a deal that is younger is a problem row. */
  readonly newest?: string;
}

/**
 * A file's bytes to its rows, good and problem, a batch per chunk; memory doesn't grow with the file.
 * The header's errors (see `readHeader`) end the reading; a row's never do.
 */
export async function* readFile(
  bytes: AsyncIterable<Uint8Array>,
  refusals: Refusals = new Map(),
  { onHeader, newest }: ReadOptions = {},
): AsyncGenerator<readonly FileRow[]> {
  let layout: Layout | undefined;
  let header = '';
  let number = 0;
  // The line that repeated the header last.
  let repeated: number | undefined;
  for await (const lines of readLines(bytes)) {
    const rows: FileRow[] = [];
    for (const ended of lines) {
      const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended;
      number += 1;
      if (!layout) {
        layout = { ...readHeader(line), newest };
        header = withoutByteOrderMarks(line);
        onHeader?.(layout.names);
      } else if (line !== '' && !(number === 2 && isEnglishHeader(line))) {
        const repeats = withoutByteOrderMarks(line) === header || (repeated === number - 1 && isEnglishHeader(line));
        if (repeats) repeated = number;
        const reason = refusals.get(number) ?? (repeats ? repeatsHeader : undefined);
        rows.push(reason ? refusedRow(layout, line, { number, reason }) : readRow(layout, line, number));
      }
    }
    if (rows.length > 0) yield rows;
  }
  if (!layout) throw new TransientError('The file is empty', { fault: 'EmptyFile' });
}

// The good rows behind it are as good as those before.
const repeatsHeader: ProblemReason = { column: '', reason: 'repeats the header: two files may stand in one' };

/** The second line names the columns in English. A row of data is never without Chinese characters. */
function isEnglishHeader(line: string): boolean {
  return !/\p{Script=Han}/u.test(line);
}
