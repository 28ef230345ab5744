// Far above the days of a season and the floors of a tower; damaged files can have any number of values.
const kept = 1000;

// From 13 characters on, V8 cuts a cell out of its chunk of the file by reference, and the memory would keep the chunk.
const longest = 12;

/** A cell reader with a memory, for columns of few values: a season's file has 90 days in thousands of rows. */
export function remembering<R>(read: (cell: string) => R): (cell: string) => R {
  const known = new Map<string, R>();
  return (cell) => {
    const before = known.get(cell);
    if (before !== undefined) return before;
    const value = read(cell);
    if (known.size < kept && cell.length <= longest) known.set(cell, value);
    return value;
  };
}
