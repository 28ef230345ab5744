import type { CountyReport } from '../ports.ts';
import { type CountyLetter, counties } from '../publication/counties.ts';
import { problemsKey } from '../publication/keys.ts';

/** One county of a run as a mail tells it. */
export interface CountyLine {
  readonly county: string;
  readonly says: string;
  /** Where its files stand in the bucket. */
  readonly files: readonly string[];
}

/** What a person wants to know of each county: rows, problem rows, and where the files are. */
export function countyLines(
  reports: readonly CountyReport[],
  place: { readonly bucket: string; readonly publicationDate: string },
): CountyLine[] {
  return reports.map((report) => {
    const problems = report.problems > 0 ? [problemsKey(place.publicationDate, report.county)] : [];
    const keys = [...(report.source_key === null ? [] : [report.source_key]), ...problems];
    return {
      county: `${report.county} ${counties[report.county]}`,
      says: saying(report),
      files: keys.map((key) => `s3://${place.bucket}/${key}`),
    };
  });
}

/** Counties that aren't in, each with its reason. */
export function missingLines(reasons: Readonly<Partial<Record<CountyLetter, string>>>): CountyLine[] {
  const missing = Object.entries(reasons).sort(([one], [other]) => (one < other ? -1 : 1)) as [CountyLetter, string][];
  return missing.map(([letter, says]) => ({ county: `${letter} ${counties[letter]}`, says, files: [] }));
}

function saying(report: CountyReport): string {
  if (report.state === 'empty') return 'no deals';
  if (report.state !== 'loaded') return `${report.state}: ${report.reason ?? 'no reason known'}`;
  const { rows_read, good, problems, duplicates, inserted, updated, unchanged, kept_newer, withdrawn, corrected } =
    report;
  const parts = [
    `${rows_read} rows read`,
    `${good} good (${inserted} new, ${updated} changed, ${unchanged} as before, ${kept_newer} kept newer)`,
    `${problems} problem rows${corrected > 0 ? ` (${corrected} corrected since)` : ''}`,
    ...(duplicates > 0 ? [`${duplicates} repeated`] : []),
    ...(withdrawn > 0 ? [`${withdrawn} withdrawn`] : []),
  ];
  return parts.join(', ');
}
