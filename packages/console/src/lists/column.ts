import type { ReactNode } from 'react';
import type { CsvCell } from './csv.ts';

/** One column of a list: how a cell looks, and what it is in a file. */
export interface Column<T> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: T) => ReactNode;
  /** @default the column is not in the file */
  readonly csv?: (row: T) => CsvCell;
  /** The word by which the API sorts by it. */
  readonly sort?: string;
  /** Not shown until somebody chooses it. */
  readonly optional?: true;
}

/** One page of a list's rows, and how many there are in all. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly total: number;
}
