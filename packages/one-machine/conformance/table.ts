import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Outcome } from './outcome.ts';

const readme = path.resolve(import.meta.dirname, '../README.md');
const marks = ['<!-- conformance: npm run conformance -->\n\n', '\n<!-- end of conformance -->'] as const;
const heading =
  '| area | tried against | on | tried | equal | refused by name | different |\n|---|---|---|---|---|---|---|\n';

/** Puts the rows of today's areas into the README; those of areas that weren't tried today stay as they were. */
export function writeTable(outcomes: readonly Outcome[], on: string): void {
  writeFileSync(readme, withOutcomes(readFileSync(readme, 'utf8'), outcomes, on));
}

/** The README's text with these rows, in the order of their areas. */
export function withOutcomes(text: string, outcomes: readonly Outcome[], on: string): string {
  const [begin = -1, end = -1] = marks.map((mark) => text.indexOf(mark));
  if (begin < 0 || end < begin) throw new Error('The README has no place for the table of conformance');
  const from = begin + marks[0].length;
  const rows = new Map(
    text
      .slice(from, end)
      .split('\n')
      .slice(2)
      .filter((row) => row.startsWith('|'))
      .map((row) => [areaOf(row), row]),
  );
  for (const outcome of outcomes) rows.set(outcome.area, rowOf(outcome, on));
  const sorted = [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => `${row}\n`);
  return `${text.slice(0, from)}${heading}${sorted.join('')}${text.slice(end)}`;
}

function areaOf(row: string): string {
  return row.split('|')[1]?.trim() ?? '';
}

function rowOf({ area, against, tried, equal, refused, different }: Outcome, on: string): string {
  const said = different.length === 0 ? '' : different.map((what) => what.replaceAll('|', '\\|')).join('; ');
  return `| ${[area, against, on, tried, equal, refused.length, said].join(' | ')} |`;
}
