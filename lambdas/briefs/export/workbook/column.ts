/** What a cell holds; null stays empty. Links are text that opens their address. */
export type CellValue = string | number | Date | null;

/** A column of a sheet of rows of one kind. */
export interface Column<Row> {
  readonly header: string;
  readonly kind: 'text' | 'number' | 'time' | 'link' | 'ratio';
  /** In characters. @default by kind */
  readonly width?: number;
  readonly value: (row: Row) => CellValue;
}
