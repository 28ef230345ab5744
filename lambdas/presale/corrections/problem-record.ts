import { dateColumn } from '../file/columns.ts';
import { rocDate } from '../file/roc-date.ts';
import type { KeptProblem } from '../ports.ts';
import { type CountyLetter, counties } from '../publication/counties.ts';
import { countyName, lineName } from './corrected-file.ts';
import { shownRaw } from './ragged-row.ts';

/** Names a whole row in the list of reasons. */
const wholeRow = '整列';

/**
 * One problem row as the person who corrects it sees it: its county and line, its raw values by the file's Chinese column
 * names (the date as 2022-07-13 where it is one) or the line whose values don't fit them, and the reason of each wrong field.
 */
export function problemRecord(
  county: CountyLetter,
  { line_number, raw: kept, reasons }: KeptProblem,
): Record<string, unknown> {
  const raw = shownRaw(kept);
  const date = rocDate(raw[dateColumn]?.trim() ?? '');
  const messages = Map.groupBy(reasons, ({ column }) => (column === '' ? wholeRow : column));
  return {
    [countyName]: counties[county],
    [lineName]: line_number,
    ...raw,
    ...(date === undefined ? {} : { [dateColumn]: date }),
    // One column may give two values, and each its reason (移轉層次).
    error_message: Object.fromEntries(
      [...messages].map(([name, of]) => [name, of.map(({ reason }) => reason).join('; ')]),
    ),
  };
}
