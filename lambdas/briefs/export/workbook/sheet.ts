import { looksLikeFormula, sheetName } from './cell-text.ts';
import type { CellValue, Column } from './column.ts';
import { linkTarget } from './link-target.ts';
import { styleOf } from './parts.ts';
import { cellXml, escapedXml, xmlHead } from './xml.ts';

/** What Excel opens of one sheet without repair. */
export const sheetLimits = { rows: 1_048_576, links: 65_530 } as const;
export type SheetLimits = Readonly<Record<keyof typeof sheetLimits, number>>;

const shanghaiOffsetMs = 8 * 3_600_000;
const dayMs = 86_400_000;
// Days from Excel's day 0 (1899-12-30, as of March 1900) to 1970.
const epochDay = 25_569;

const widths: Readonly<Record<Column<never>['kind'], number>> = { text: 24, number: 12, time: 20, link: 30, ratio: 12 };

/** One sheet as XML, written row by row: it keeps nothing but its links, of which Excel takes few. */
export class SheetXml<Row> {
  readonly name: string;
  readonly #columns: readonly Column<Row>[];
  readonly #limits: SheetLimits;
  readonly #letters: readonly string[];
  readonly #links: { readonly cell: string; readonly address: string; readonly location: string | undefined }[] = [];
  #rows = 1;

  constructor(title: string, part: number, columns: readonly Column<Row>[], limits: SheetLimits) {
    this.name = sheetName(title, part);
    this.#columns = columns;
    this.#limits = limits;
    this.#letters = columns.map((_, index) => columnLetters(index));
  }

  get isFull(): boolean {
    return this.#rows >= this.#limits.rows;
  }

  /** Up to the first row of data. */
  head(): string {
    const cols = this.#columns.map(
      ({ kind, width = widths[kind] }, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`,
    );
    const cells = this.#columns.map(({ header }, i) => textCell(`${this.#letters[i]}1`, header, styleOf.header));
    return (
      `${xmlHead}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
      '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
      `<sheetFormatPr defaultRowHeight="15"/><cols>${cols.join('')}</cols><sheetData><row r="1">${cells.join('')}</row>`
    );
  }

  row(row: Row): string {
    this.#rows += 1;
    let cells = '';
    for (let index = 0; index < this.#columns.length; index += 1) {
      const column = this.#columns[index];
      const value = column?.value(row);
      if (column && value !== null && value !== undefined)
        cells += this.#cell(`${this.#letters[index]}${this.#rows}`, column.kind, value);
    }
    return `<row r="${this.#rows}">${cells}</row>`;
  }

  foot(): string {
    const links = this.#links.map(
      ({ cell, location }, index) =>
        `<hyperlink ref="${cell}" r:id="rId${index + 1}"${location === undefined ? '' : ` location="${escapedXml(location)}"`}/>`,
    );
    return `</sheetData>${links.length === 0 ? '' : `<hyperlinks>${links.join('')}</hyperlinks>`}</worksheet>`;
  }

  /** Where the links lead; `undefined` where there are none. */
  relationships(): string | undefined {
    if (this.#links.length === 0) return undefined;
    const all = this.#links.map(
      ({ address }, index) =>
        `<Relationship Id="rId${index + 1}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="${escapedXml(address)}" TargetMode="External"/>`,
    );
    return `${xmlHead}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all.join('')}</Relationships>`;
  }

  #cell(place: string, kind: Column<Row>['kind'], value: NonNullable<CellValue>): string {
    if (value instanceof Date) return timeCell(place, value);
    if (typeof value === 'number') return numberCell(place, value, kind);
    if (kind !== 'link') return textCell(place, value, looksLikeFormula(value) ? styleOf.quoted : styleOf.plain);
    const target = this.#links.length < this.#limits.links ? linkTarget(value) : undefined;
    if (target) this.#links.push({ cell: place, ...target });
    return textCell(place, value, target ? styleOf.link : looksLikeFormula(value) ? styleOf.quoted : styleOf.plain);
  }
}

function textCell(place: string, value: string, style: number): string {
  return `<c r="${place}" t="inlineStr"${style === 0 ? '' : ` s="${style}"`}><is><t xml:space="preserve">${cellXml(value)}</t></is></c>`;
}

function numberCell(place: string, value: number, kind: Column<never>['kind']): string {
  const style = kind === 'ratio' ? ` s="${styleOf.ratio}"` : '';
  // Infinity and NaN are no numbers of Excel's.
  return Number.isFinite(value) ? `<c r="${place}"${style}><v>${value}</v></c>` : '';
}

/** As a clock in Shanghai shows it, to the second: cells have no zone. */
function timeCell(place: string, value: Date): string {
  const days = Math.floor((value.getTime() + shanghaiOffsetMs) / 1000) / (dayMs / 1000) + epochDay;
  return `<c r="${place}" s="${styleOf.time}"><v>${days}</v></c>`;
}

/** 0 is A, 26 is AA. */
function columnLetters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : columnLetters(Math.floor(index / 26) - 1) + last;
}
