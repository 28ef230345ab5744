import { rawLineName } from './read-row.ts';

/**
 * Which of these serial numbers a problem row may be of: one of its values is. Of a row whose values don't fit the columns
 * any part may be. In one pass over the row's text, however many serial numbers there are.
 */
export function mentionedSerials(
  serials: ReadonlySet<string>,
  rows: Iterable<Readonly<Record<string, string>>>,
): Set<string> {
  const lengths = new Set([...serials].map((serial) => serial.length));
  const mentioned = new Set<string>();
  for (const row of rows) {
    for (const value of Object.values(row)) if (serials.has(value.trim())) mentioned.add(value.trim());
    const line = row[rawLineName];
    if (line === undefined) continue;
    for (const length of lengths) {
      for (let at = 0; at + length <= line.length; at += 1) {
        const part = line.slice(at, at + length);
        if (serials.has(part)) mentioned.add(part);
      }
    }
  }
  return mentioned;
}
