import { request } from 'node:http';
import { inflateRawSync } from 'node:zlib';
import { startSampleSite } from '../../../local/sample-site/start.ts';

/** A file of the site read plainly, apart from the loader and from the generator. */
export interface ReadFile {
  readonly byteOrderMarks: number;
  readonly lineEnd: 'CRLF' | 'LF' | 'mixed';
  readonly header: string[];
  readonly english: string[];
  readonly rows: string[][];
  cell(row: readonly string[], column: string): string;
}

export function readCsv(bytes: Uint8Array): ReadFile {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const byteOrderMarks = /^\uFEFF*/.exec(text)?.[0].length ?? 0;
  const crlf = text.split('\r\n').length - 1;
  const all = text.split('\n').length - 1;
  const lines = text.slice(byteOrderMarks).split(/\r?\n/);
  if (lines.pop() !== '') {
    throw new Error('The last line has no end.');
  }

  const [header = [], english = [], ...rows] = lines.map((line) => line.split(','));
  return {
    byteOrderMarks,
    lineEnd: crlf === all ? 'CRLF' : crlf === 0 ? 'LF' : 'mixed',
    header,
    english,
    rows,
    cell: (row, column) => row[header.indexOf(column)] ?? '',
  };
}

export const LETTERS = 'ABCDEFGHIJKMNOPQTUVWXZ'.split('');

export function countyPath(letter: string): string {
  return `//Download?fileName=${letter.toLowerCase()}_lvr_land_b.csv`;
}

export function seasonPath(season: string, letter: string): string {
  return `//DownloadSeason?season=${season}&fileName=${letter}_lvr_land_B.csv`;
}

export async function bytesAt(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (response.status !== 200) {
    throw new Error(`${url} answered ${response.status}.`);
  }

  return response.bytes();
}

/** The files of all counties that have one, by letter. */
export async function allCounties(path: (letter: string) => string, base: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const letter of LETTERS) {
    const response = await fetch(base + path(letter));
    if (response.status === 200) {
      files.set(letter, await response.bytes());
    }
  }

  return files;
}

/** Entries of a zip by its central directory, unpacked with zlib. */
export function readZip(bytes: Uint8Array): Map<string, Uint8Array> {
  const zip = Buffer.from(bytes);
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  const entries = new Map<string, Uint8Array>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [packed, nameLength] = [zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)];
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    entries.set(
      zip.toString('utf8', at + 46, at + 46 + nameLength),
      inflateRawSync(zip.subarray(start, start + packed)),
    );
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }

  return entries;
}

/** Publication dates of the list page, found without a parser: the comment goes, then each row's second cell is read. */
export function listedDates(page: string): string[] {
  const table = /<table[\s\S]*?<\/table>/.exec(page.replace(/<!--[\s\S]*?-->/g, ''))?.[0] ?? '';
  return table
    .split('<tr')
    .slice(1)
    .map((row) => /發布日期 (\d{8})/.exec(row.split('<td')[2] ?? '')?.[1])
    .filter((date) => date !== undefined);
}

/** A site for one test. */
export async function withSite<R>(
  options: Parameters<typeof startSampleSite>[0],
  use: (site: Awaited<ReturnType<typeof startSampleSite>>) => Promise<R>,
): Promise<R> {
  const site = await startSampleSite(options);
  try {
    return await use(site);
  } finally {
    await site.stop();
  }
}

/** Reads over a plain connection and tells how it ended, which fetch hides. */
export function readRaw(url: string): Promise<{ declared: number | undefined; read: Buffer; ended: string }> {
  return new Promise((resolve) => {
    request(url, (response) => {
      const chunks: Buffer[] = [];
      const length = response.headers['content-length'];
      const finish = (ended: string) =>
        resolve({ declared: length === undefined ? undefined : Number(length), read: Buffer.concat(chunks), ended });
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => finish('end'));
      response.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    })
      // A reset is told twice; the answer's own event above is the one that counts once it has begun.
      .on('error', () => undefined)
      .end();
  });
}
