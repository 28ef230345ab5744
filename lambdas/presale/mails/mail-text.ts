import type { CountyLine } from './county-lines.ts';

/** A mail as plain text: a line per paragraph, county and file. */
export function mailText(paragraphs: readonly string[], lines: readonly CountyLine[]): string {
  const counties = lines.map(({ county, says, files }) =>
    [`${county}: ${says}`, ...files.map((file) => `  ${file}`)].join('\n'),
  );
  return `${[...paragraphs, ...counties].join('\n')}\n`;
}
