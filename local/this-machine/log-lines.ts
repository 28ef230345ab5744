import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { objectInJson } from '#kit/text/json.ts';

/** A line of the log as it was kept. */
export type LogLine = Readonly<Record<string, unknown>>;

// A run of a hundred thousand rows says a few thousand lines; the last say how it ended.
const mostLines = 2000;

/** The lines of one piece of work, by its correlation id, the oldest first; the newest where they are too many. */
export async function linesOf(file: string, id: string): Promise<{ lines: LogLine[]; cut: boolean }> {
  const lines: LogLine[] = [];
  let cut = false;
  // The file before this one, which is kept beside it when it has grown too large.
  for (const one of [`${file}.1`, file].filter(existsSync)) {
    for await (const text of createInterface({ input: createReadStream(one), crlfDelay: Number.POSITIVE_INFINITY })) {
      // Most lines are another's: they need not be parsed.
      if (!text.includes(id)) continue;
      const line = objectInJson(text);
      if (line?.correlation_id !== id) continue;
      lines.push(line);
      if (lines.length > mostLines) {
        lines.shift();
        cut = true;
      }
    }
  }
  return { lines, cut };
}
