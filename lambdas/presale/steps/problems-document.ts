import { countyName, lineName } from '../corrections/corrected-file.ts';
import { dateColumn } from '../file/columns.ts';
import { rocDate } from '../file/roc-date.ts';
import type { KeptProblem } from '../ports.ts';
import { type CountyLetter, counties } from '../publication/counties.ts';

/** Names a whole row in the list of reasons. */
const wholeRow = '整列';

/**
 * The problem rows as the person who corrects them gets them: a JSON list, UTF-8, indented, with the file's Chinese
 * column names. Streamed, because every row of a file may be one.
 */
export async function* problemsDocument(
  county: CountyLetter,
  problems: AsyncIterable<KeptProblem>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let before = '[\n';
  for await (const problem of problems) {
    yield encoder.encode(before + indented(problemRecord(county, problem)));
    before = ',\n';
  }
  yield encoder.encode(before === '[\n' ? '[]\n' : '\n]\n');
}

/** One row: its county and line, its raw values (the date as 2022-07-13 where it is one), and the reason of each wrong field. */
function problemRecord(county: CountyLetter, { line_number, raw, reasons }: KeptProblem): Record<string, unknown> {
  const date = rocDate(raw[dateColumn]?.trim() ?? '');
  const messages = reasons.map(({ column, reason }) => [column === '' ? wholeRow : column, reason]);
  return {
    [countyName]: counties[county],
    [lineName]: line_number,
    ...raw,
    ...(date === undefined ? {} : { [dateColumn]: date }),
    error_message: Object.fromEntries(messages),
  };
}

function indented(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(/^/gm, '  ');
}
