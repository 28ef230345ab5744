import { type Archive, archived } from './archive.ts';
import type { Column } from './column.ts';
import { partsAround } from './parts.ts';
import { type SheetLimits, SheetXml, sheetLimits } from './sheet.ts';

/** Takes sheets one after the other. */
export interface WorkbookWriter {
  /** Writes all rows, in as many sheets as they need; `title` names the first. */
  sheet<Row>(
    title: string,
    columns: readonly Column<Row>[],
    batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  ): Promise<void>;
}

// Beyond it the text of posts takes longer than it gets smaller.
const level = 4;

/** Writes a workbook while its bytes go somewhere. Of its rows it keeps none. */
export function writeWorkbook(
  write: (workbook: WorkbookWriter) => Promise<void>,
  read: (bytes: AsyncIterable<Uint8Array>) => Promise<void>,
  limits: SheetLimits = sheetLimits,
): Promise<void> {
  return archived(
    level,
    async (archive) => {
      const names: string[] = [];
      await write({
        sheet: (title, columns, batches) => addSheets(archive, { names, limits, title, columns, batches }),
      });
      for (const [path, xml] of partsAround(names)) await archive.add(path, [xml]);
    },
    read,
  );
}

interface Sheets<Row> {
  /** Of all sheets so far. */
  readonly names: string[];
  readonly limits: SheetLimits;
  readonly title: string;
  readonly columns: readonly Column<Row>[];
  readonly batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;
}

async function addSheets<Row>(
  archive: Archive,
  { names, limits, title, columns, batches }: Sheets<Row>,
): Promise<void> {
  const rows = new Rows(batches);
  let part = 1;
  do {
    const sheet = new SheetXml(title, part, columns, limits);
    names.push(sheet.name);
    const number = names.length;
    await archive.add(`xl/worksheets/sheet${number}.xml`, sheetChunks(sheet, rows));
    const relationships = sheet.relationships();
    if (relationships !== undefined) await archive.add(`xl/worksheets/_rels/sheet${number}.xml.rels`, [relationships]);
    part += 1;
  } while (await rows.fill());
}

async function* sheetChunks<Row>(sheet: SheetXml<Row>, rows: Rows<Row>): AsyncGenerator<string> {
  yield sheet.head();
  while (!sheet.isFull && (await rows.fill())) {
    let xml = '';
    for (let row = rows.next(); row !== undefined; row = sheet.isFull ? undefined : rows.next()) xml += sheet.row(row);
    yield xml;
  }
  yield sheet.foot();
}

/** Rows one by one from batches, across sheets. */
class Rows<Row> {
  readonly #batches: AsyncIterator<readonly Row[]> | Iterator<readonly Row[]>;
  #batch: readonly Row[] = [];
  #next = 0;
  #isDone = false;

  constructor(batches: Sheets<Row>['batches']) {
    this.#batches = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  }

  /** Whether there is a row at hand; takes the next batch for it. */
  async fill(): Promise<boolean> {
    while (!this.#isDone && this.#next >= this.#batch.length) {
      const { done = false, value } = await this.#batches.next();
      this.#isDone = done;
      this.#batch = done ? [] : value;
      this.#next = 0;
    }
    return !this.#isDone;
  }

  next(): Row | undefined {
    const row = this.#batch[this.#next];
    this.#next += 1;
    return row;
  }
}
