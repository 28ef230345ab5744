import type { CountyReport, EarlierCounts } from '../ports.ts';
import { counties } from '../publication/counties.ts';

// Fewer publications are no habit to compare with.
const fewestBefore = 3;

// Ten-day files of one county differ by half from one to the next; a third or three times as many is another thing.
const factor = 3;

// Small counties have 0 to 20 rows.
const smallestDifference = 30;

// Of real files, up to 5 in a thousand rows are problems.
const leastShare = 0.02;
const fewestProblems = 5;

/** What is odd about a run's counties beside their last six publications (or seasons), as sentences. */
export function oddities(reports: readonly CountyReport[], earlier: readonly EarlierCounts[]): string[] {
  return reports.flatMap((report) => {
    const before = earlier.find(({ county }) => county === report.county);
    if (report.state !== 'loaded' || !before || before.rows_read.length < fewestBefore) return [];
    const name = `${report.county} ${counties[report.county]}`;
    return [...oddCount(name, report, before), ...oddShare(name, report, before)];
  });
}

/** Rows: less than a third or more than three times the median, and at least 30 away from it. */
function oddCount(name: string, { rows_read }: CountyReport, before: EarlierCounts): string[] {
  const usual = [...before.rows_read].sort((one, other) => one - other)[Math.floor(before.rows_read.length / 2)] ?? 0;
  const far = rows_read * factor < usual || rows_read > usual * factor;
  if (!far || Math.abs(rows_read - usual) < smallestDifference) return [];
  return [`${name} has ${rows_read} rows; usual are ${usual}.`];
}

/** Problem rows: at least 5 and 2 in a hundred, and more than three times the largest share before. */
function oddShare(name: string, { rows_read, problems }: CountyReport, before: EarlierCounts): string[] {
  const largest = Math.max(...before.rows_read.map((rows, index) => (before.problems[index] ?? 0) / Math.max(rows, 1)));
  const share = problems / Math.max(rows_read, 1);
  if (problems < fewestProblems || share < leastShare || share <= largest * factor) return [];
  const percent = (part: number) => `${(part * 100).toFixed(1)} %`;
  return [`${name} has ${problems} problem rows, ${percent(share)}; ${percent(largest)} at most so far.`];
}
