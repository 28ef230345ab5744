import type { CountyLine } from './county-lines.ts';

/** A sentence, or where to go on: an address, or the request in words where the address is not known. */
export type Paragraph = string | { readonly label: string; readonly address: string };

/** A mail as plain text: a line per paragraph, county and file. */
export function mailText(paragraphs: readonly Paragraph[], lines: readonly CountyLine[]): string {
  const counties = lines.map(({ county, says, files }) =>
    [`${county}: ${says}`, ...files.map((file) => `  ${file}`)].join('\n'),
  );
  const texts = paragraphs.map((one) => (typeof one === 'string' ? one : `${one.label}: ${one.address}`));
  return `${[...texts, ...counties].join('\n')}\n`;
}
