import { encodingOf, headOf } from './encoding.ts';
import { storable } from './storable.ts';

/** The longest line that is read whole, in characters; a row has well under a thousand. */
export const maxLineLength = 100_000;

/**
 * Bytes to lines, a batch per chunk, without their LF. Holds a chunk and one line at most: of a line that doesn't end
 * within {@link maxLineLength} no more is kept than shows that it is longer. Bytes that are not of the file's encoding (UTF-8,
 * unless its header is one in another) become U+FFFD, as do characters that can't be stored: the raw file keeps both.
 */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const chunks = bytes[Symbol.asyncIterator]();
  const { head } = await headOf(chunks);
  const decoder = new TextDecoder(encodingOf(head) ?? 'utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of after(head, chunks)) {
    const lines = (rest + storable(decoder.decode(chunk, { stream: true }))).split('\n');
    rest = cut(lines.pop() ?? '');
    if (lines.length > 0) yield lines;
  }
  const last = rest + decoder.decode();
  if (last !== '') yield [last];
}

async function* after(head: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}

function cut(line: string): string {
  return line.length > maxLineLength ? line.slice(0, maxLineLength + 1) : line;
}
