import type { Interaction } from './model.ts';

/** Who touched what, each user and item once: rows by user, one behind the other; ids are places in the lists. */
export interface TouchTable {
  readonly users: readonly string[];
  readonly items: readonly string[];
  /** Row `u` is from `starts[u]` to `starts[u + 1]`. */
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  /** When an item was touched last, in milliseconds; NaN where that is not known. */
  readonly times: Float64Array;
  /** How many users touched each item. */
  readonly counts: Float64Array;
}

/** Puts interactions into rows. Items of `alsoItems` have a place even without interactions. */
export function touchTable(interactions: readonly Interaction[], alsoItems: readonly string[] = []): TouchTable {
  const users = new Map<string, Map<number, number>>();
  const items = new Map<string, number>();
  const place = (item: string) => {
    const known = items.get(item) ?? items.size;
    items.set(item, known);
    return known;
  };
  // Sorted, so that the order in which a store hands rows out decides nothing.
  const named = new Set([...alsoItems, ...interactions.map((one) => one.item)]);
  for (const item of [...named].sort()) place(item);
  for (const { user, item, at } of interactions) {
    const row = users.get(user) ?? new Map<number, number>();
    users.set(user, row);
    const column = place(item);
    const before = row.get(column);
    row.set(column, before === undefined || Number.isNaN(before) ? (at ?? Number.NaN) : Math.max(before, at ?? before));
  }
  const names = [...users.keys()].sort();
  return { users: names, items: [...items.keys()], ...rowsOf(names, users, items.size) };
}

function rowsOf(names: readonly string[], users: ReadonlyMap<string, ReadonlyMap<number, number>>, itemCount: number) {
  const starts = new Int32Array(names.length + 1);
  names.forEach((name, user) => {
    starts[user + 1] = (starts[user] as number) + (users.get(name)?.size ?? 0);
  });
  const columns = new Int32Array(starts[names.length] as number);
  const times = new Float64Array(columns.length);
  const counts = new Float64Array(itemCount);
  names.forEach((name, user) => {
    const row = [...(users.get(name) ?? [])].sort(([a], [b]) => a - b);
    row.forEach(([column, at], offset) => {
      columns[(starts[user] as number) + offset] = column;
      times[(starts[user] as number) + offset] = at;
      counts[column] = (counts[column] as number) + 1;
    });
  });
  return { starts, columns, times, counts };
}
