import Button from '@cloudscape-design/components/button';
import type { TableProps } from '@cloudscape-design/components/table';
import { Moment } from '../values/moment.tsx';
import { Count } from '../values/numbers.tsx';
import { StateLabel } from '../values/state-label.tsx';
import type { Column } from './column.ts';

/** Columns of the usual kinds; each is in a file as the API has it. */

/** A text of one line; a long one is cut where it is shown. */
export function textColumn<T>(id: string, header: string, of: (row: T) => string | null | undefined): Column<T> {
  return { id, header, cell: (row) => <Clipped text={of(row)} />, csv: of };
}

export function countColumn<T>(id: string, header: string, of: (row: T) => number | null | undefined): Column<T> {
  return { id, header, cell: (row) => <Count of={of(row)} />, csv: of };
}

export function momentColumn<T>(id: string, header: string, of: (row: T) => string | null | undefined): Column<T> {
  return { id, header, cell: (row) => <Moment at={of(row)} />, csv: of };
}

export function stateColumn<T>(header: string, of: (row: T) => string): Column<T> {
  return { id: 'state', header, cell: (row) => <StateLabel state={of(row)} />, csv: of };
}

/** What names a row, and opens it on the same page. */
export function openColumn<T>(
  id: string,
  header: string,
  of: (row: T) => string,
  open: (row: T) => void,
): TableProps.ColumnDefinition<T> {
  const cell = (row: T) => (
    <Button variant="inline-link" onClick={() => open(row)}>
      {of(row)}
    </Button>
  );
  return { id, header, isRowHeader: true, cell };
}

/** Not shown until somebody chooses it. */
export function optional<T>(column: Column<T>): Column<T> {
  return { ...column, optional: true };
}

// A cell may hold a megabyte: what a row shows is cut before it reaches the page.
const shownCharacters = 300;

/** A text of any length and direction in one line. */
export function Clipped({ text }: { readonly text: string | null | undefined }) {
  const shown = (text ?? '–').slice(0, shownCharacters);
  return (
    <span className="clipped" title={shown}>
      {shown}
    </span>
  );
}
