import { columns } from './columns.ts';
import { withoutByteOrderMarks } from './header.ts';

/** UTF-8, as the ministry writes, and what the office programs that such files pass through make of it. */
export const encodings = ['utf-8', 'big5', 'utf-16le', 'utf-16be', 'gb18030'] as const;

export type Encoding = (typeof encodings)[number];

/** So many bytes tell what a body is: several header lines, or the head of a page. */
const headBytes = 8 * 1024;

// The column names of a file of deals; one that lacks some is still such a file, and the loader says which.
const namesExpected = 3;

/** The encoding in which these first bytes are the header of a file of deals; `undefined` where they are none. */
export function encodingOf(head: Uint8Array): Encoding | undefined {
  return encodings.find((encoding) => hasHeader(new TextDecoder(encoding, { ignoreBOM: true }).decode(head)));
}

function hasHeader(text: string): boolean {
  const [header = ''] = withoutByteOrderMarks(text)
    .trimStart()
    .split(/[\r\n]/, 1);
  const names = new Set(header.split(',').map((name) => name.trim()));
  return columns.filter((column) => column.names.some((name) => names.has(name))).length >= namesExpected;
}

/** The first bytes, at least {@link headBytes} of them where there are so many. */
export async function headOf(chunks: AsyncIterator<Uint8Array>): Promise<{ head: Uint8Array; ended: boolean }> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < headBytes) {
    const next = await chunks.next();
    if (next.done) return { head: Buffer.concat(parts), ended: true };
    parts.push(next.value);
    bytes += next.value.byteLength;
  }
  return { head: Buffer.concat(parts), ended: false };
}
