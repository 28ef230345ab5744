import type { SchemaElement } from 'hyparquet';

/** A column by its name and PostgreSQL's name of its type (`format_type`). */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** A value in PostgreSQL's own text, which it reads back to the same value; `null` is none. */
export type Text = string | null;

/** How a type stands in a Parquet file, and how its text becomes that value and text again. */
export interface Kind {
  readonly element: Omit<SchemaElement, 'name'>;
  readonly write: (text: string) => unknown;
  readonly read: (value: unknown) => string;
}

const dayMs = 86_400_000;
const microsPerSecond = 1_000_000n;

const integer: Kind = { element: { type: 'INT32' }, write: Number, read: String };
const double: Kind = {
  element: { type: 'DOUBLE' },
  write: Number,
  read: (value) => (Object.is(value, -0) ? '-0' : String(value)),
};

/**
 * Everything else is text in the file, too: a numeric of any length, JSON letter for letter with the order and the
 * repetitions of its keys, arrays. A reader that wants more casts it; the manifest says to what.
 */
const text: Kind = { element: { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, write: String, read: String };

const kinds: Readonly<Record<string, Kind>> = {
  bigint: { element: { type: 'INT64' }, write: BigInt, read: String },
  integer,
  smallint: integer,
  boolean: { element: { type: 'BOOLEAN' }, write: (word) => word === 'true', read: String },
  'double precision': double,
  real: double,
  date: {
    element: { type: 'INT32', converted_type: 'DATE' },
    write: (day) => finite(Date.parse(`${day}T00:00:00Z`) / dayMs, day),
    read: (days) => new Date(Number(days) * dayMs).toISOString().slice(0, 10),
  },
  'timestamp with time zone': {
    element: {
      type: 'INT64',
      converted_type: 'TIMESTAMP_MICROS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    },
    write: microsOf,
    read: (micros) => timeOf(BigInt(micros as bigint)),
  },
};

/** The kind of a column. */
export function kindOf({ type }: Column): Kind {
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
