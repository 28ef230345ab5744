/** What of an answer a chart is made of. */
interface Answered {
  readonly columns: readonly unknown[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The columns whose every value is a number: those a chart can draw. */
export function numberColumns({ columns, rows }: Answered): readonly number[] {
  return columns.flatMap((_, index) => {
    // No value is no number, and no obstacle.
    const cells = rows.flatMap((row) => row[index] ?? []);
    return cells.length > 0 && cells.every(isNumber) ? [index] : [];
  });
}

function isNumber(cell: string): boolean {
  return cell.trim() !== '' && Number.isFinite(Number(cell));
}

export interface ChartColumns {
  readonly x: number;
  readonly y: number;
}

/** What a chart draws at first: the first numbers over the first column that is another; `undefined` where there are none. */
export function firstChart(query: Answered): ChartColumns | undefined {
  const numbers = numberColumns(query);
  const other = query.columns.findIndex((_, index) => !numbers.includes(index));
  const x = other === -1 ? 0 : other;
  const y = numbers.find((index) => index !== x);
  return y === undefined ? undefined : { x, y };
}
