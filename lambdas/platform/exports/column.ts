/** A column by its name and PostgreSQL's name of its type (`format_type`). */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** A value in PostgreSQL's own text, which it reads back to the same value; `null` is none. */
export type Text = string | null;

/** A row in the order of its columns. */
export type TextRow = readonly Text[];

/** A value as an export file stores it: days and microseconds count from 1970 in UTC. */
export type Value = string | number | bigint | boolean | null;

/** How a type stands in a file of typed columns, and how its text becomes that value and text again. */
export interface Kind {
  readonly type: 'text' | 'integer' | 'bigint' | 'double' | 'boolean' | 'day' | 'instant';
  readonly write: (text: string) => Value;
  readonly read: (value: Exclude<Value, null>) => string;
}

/** A file's column. */
export interface TypedColumn {
  readonly name: string;
  readonly type: Kind['type'];
}

const dayMs = 86_400_000;
const microsPerSecond = 1_000_000n;

const integer: Kind = { type: 'integer', write: Number, read: String };
const double: Kind = {
  type: 'double',
  write: Number,
  read: (value) => (Object.is(value, -0) ? '-0' : String(value)),
};

/**
 * Everything else is text in the file, too: a numeric of any length, JSON letter for letter with the order and the
 * repetitions of its keys, arrays. A reader that wants more casts it; the manifest says to what.
 */
const text: Kind = { type: 'text', write: String, read: String };

const kinds: Readonly<Record<string, Kind>> = {
  bigint: { type: 'bigint', write: BigInt, read: String },
  integer,
  smallint: integer,
  boolean: { type: 'boolean', write: (word) => word === 'true', read: String },
  'double precision': double,
  real: double,
  date: {
    type: 'day',
    write: (day) => finite(Date.parse(`${day}T00:00:00Z`) / dayMs, day),
    read: (days) => new Date(Number(days) * dayMs).toISOString().slice(0, 10),
  },
  'timestamp with time zone': {
    type: 'instant',
    write: microsOf,
    read: (micros) => timeOf(BigInt(micros)),
  },
};

/** The columns of a table as a file has them. */
export function typedColumns(columns: readonly Column[]): TypedColumn[] {
  return columns.map((column) => ({ name: column.name, type: kindOf(column).type }));
}

/** Rows of text as rows of values. Throws a {@link RangeError} for a value that no file holds. */
export function valuesOf(columns: readonly Column[], rows: readonly TextRow[]): Value[][] {
  const kinds = columns.map(kindOf);
  return rows.map((row) => kinds.map(({ write }, index) => (row[index] == null ? null : write(row[index]))));
}

/** Rows of values as PostgreSQL's text again. */
export function textsOf(columns: readonly Column[], rows: readonly (readonly Value[])[]): TextRow[] {
  const kinds = columns.map(kindOf);
  return rows.map((row) => kinds.map(({ read }, index) => (row[index] == null ? null : read(row[index]))));
}

function kindOf({ type }: Column): Kind {
  return kinds[type] ?? text;
}

/** `2026-11-21 02:00:00.123456+00`, as PostgreSQL writes it in UTC. Microseconds are more than a Date holds. */
function microsOf(time: string): bigint {
  const [, date, clock, fraction = ''] = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/.exec(time) ?? [];
  const seconds = BigInt(finite(Date.parse(`${date}T${clock}Z`) / 1000, time));
  return seconds * microsPerSecond + BigInt(fraction.padEnd(6, '0'));
}

function timeOf(micros: bigint): string {
  const remainder = ((micros % microsPerSecond) + microsPerSecond) % microsPerSecond;
  const seconds = Number((micros - remainder) / microsPerSecond);
  return `${new Date(seconds * 1000).toISOString().slice(0, -'.000Z'.length)}.${String(remainder).padStart(6, '0')}+00`;
}

/** Infinity and years before Christ, which PostgreSQL has and Parquet hasn't, stop an export rather than change in it. */
function finite(value: number, written: string): number {
  if (!Number.isFinite(value)) throw new RangeError(`${written} has no place in a Parquet file`);
  return value;
}
