import type { Measured } from './measure.ts';

const percent = (part: number, whole: number) => (whole === 0 ? '-' : ((100 * part) / whole).toFixed(2));

/** Accuracy, precision and recall of each label, and the confusion, as text for a terminal. */
export function reportOf(labels: readonly string[], measured: Measured): string {
  const { confusion } = measured;
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  const width = Math.max(...labels.map((label) => label.length)) + 2;
  const lines = labels.map((label, at) => {
    const row = confusion[at] ?? [];
    const hits = row[at] ?? 0;
    const answered = sum(confusion.map((line) => line[at] ?? 0));
    const cells = row.map((count) => String(count).padStart(6)).join('');
    return `${label.padEnd(width)}${percent(hits, answered).padStart(9)}${percent(hits, sum(row)).padStart(9)}   ${cells}`;
  });
  return [
    `${measured.rows} rows: accuracy ${percent(measured.accuracy, 1)} %, mean confidence ${percent(measured.confidence, 1)} %`,
    `${Math.round(measured.headlinesPerSecond)} headlines/s, one by one on one core`,
    '',
    `${''.padEnd(width)}precision   recall   answered as, in the same order`,
    ...lines,
  ].join('\n');
}
