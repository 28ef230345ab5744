import type { KeptProblem } from '../ports.ts';
import type { CountyLetter } from '../publication/counties.ts';
import { problemRecord } from './problem-record.ts';

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

function indented(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(/^/gm, '  ');
}
