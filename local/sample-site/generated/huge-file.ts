import { Readable } from 'node:stream';
import type { Day } from '../calendar.ts';
import { seasonOf } from '../calendar.ts';
import { countyOf } from '../counties.ts';
import type { SiteFile } from '../site-file.ts';
import { headerRows, layoutOf, place } from './csv-format.ts';
import { deal } from './deal.ts';
import { projectsOnSale } from './projects.ts';
import { randomFor } from './random.ts';
import { FIRST_FREE_NUMBER, serialNumber } from './serial-number.ts';

/** A valid file of any size: its rows and bytes are known, its content is made while it is read. */
export interface HugeFile extends SiteFile {
  /** Rows of deals, all of them good ones; the two header rows not counted. */
  readonly rows: number;
}

/** Deals that repeat through the file; only the serial number differs. It is also how many rows one chunk holds. */
const PATTERN_ROWS = 1000;

/** A file of the first whole row at or after so many megabytes (of 1,048,576 bytes). */
export function hugeFile(options: { seed: string; letter: string; date: Day; megabytes: number }): HugeFile {
  const layout = layoutOf(options.date);
  const patterns = patternsOf(options);
  const header = Buffer.from(`\uFEFF${headerRows(layout).join(layout.lineEnd)}${layout.lineEnd}`, 'utf8');
  const rowBytes = patterns.map(([before, after]) => Buffer.byteLength(before + serial(options.letter, 0) + after));
  const { rows, bytes } = rowsFor(options.megabytes * 1_048_576 - header.byteLength, rowBytes);

  const size = header.byteLength + bytes;
  return {
    rows,
    bytes: size,
    read: (first = size) =>
      Readable.from(upTo(first, chunks({ letter: options.letter, header, patterns, rows })), { objectMode: false }),
  };
}

type Pattern = readonly [beforeSerial: string, afterSerial: string];

function patternsOf({ seed, letter, date }: { seed: string; letter: string; date: Day }): Pattern[] {
  const county = countyOf(letter);
  if (county === undefined) {
    throw new RangeError(`No county has the letter ${letter}.`);
  }

  const random = randomFor(seed, 'huge', letter, date);
  const projects = projectsOnSale(seed, county, seasonOf(date));
  const layout = layoutOf(date);
  return Array.from({ length: PATTERN_ROWS }, () => {
    const cells = deal(random, random.pick(projects), date).slice(0, layout.columns);
    cells[place.編號] = '\u0000';
    const [before = '', after = ''] = cells.join(',').split('\u0000');
    return [before, after + layout.lineEnd] as const;
  });
}

function rowsFor(wanted: number, rowBytes: readonly number[]): { rows: number; bytes: number } {
  const round = rowBytes.reduce((sum, bytes) => sum + bytes, 0);
  const rounds = Math.max(0, Math.floor(wanted / round));
  let rows = rounds * rowBytes.length;
  let bytes = rounds * round;
  for (const next of rowBytes) {
    if (bytes >= wanted) {
      break;
    }

    rows += 1;
    bytes += next;
  }

  return { rows, bytes };
}

function* chunks({
  letter,
  header,
  patterns,
  rows,
}: {
  letter: string;
  header: Uint8Array;
  patterns: readonly Pattern[];
  rows: number;
}): Generator<Uint8Array> {
  yield header;
  for (let start = 0; start < rows; start += PATTERN_ROWS) {
    const present = patterns.slice(0, rows - start);
    yield Buffer.from(
      present.map(([before, after], index) => before + serial(letter, start + index) + after).join(''),
      'utf8',
    );
  }
}

function* upTo(bytes: number, chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  let left = bytes;
  for (const chunk of chunks) {
    if (left <= 0) {
      return;
    }

    yield chunk.subarray(0, left);
    left -= chunk.byteLength;
  }
}

function serial(letter: string, row: number): string {
  return serialNumber(letter, FIRST_FREE_NUMBER + row);
}
