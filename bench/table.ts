import type { Figure } from './figures.ts';

/** The figures as a Markdown table, ready for docs/benchmarks.md. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, unit, min, median, max, runs }) => [
    what,
    shown(median),
    runs === 1 ? '' : `${shown(min)} to ${shown(max)}`,
    unit,
    String(runs),
  ]);
  const all = [['what', 'median', 'range', 'unit', 'runs'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** Three digits that count, and no more. */
function shown(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
