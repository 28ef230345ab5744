import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { counties } from '../publication/counties.ts';
import { type DealFileRow, dealColumns } from './columns.ts';
import type { WriteDealsPorts } from './write-deals.ts';

// A row group of a file; beside it some megabytes of memory.
const batchRows = 20_000;

// Days and microseconds since 1970, exactly; areas have two decimals, which a double holds.
const selected = {
  text: (name: string) => sql.ref(name),
  integer: (name: string) => sql.ref(name),
  bigint: (name: string) => sql`${sql.ref(name)}::text`,
  double: (name: string) => sql`${sql.ref(name)}::double precision`,
  day: (name: string) => sql`${sql.ref(name)} - '1970-01-01'::date`,
  instant: (name: string) => sql`(extract(epoch FROM ${sql.ref(name)}) * 1000000)::bigint::text`,
} as const;

const columns = sql.join(dealColumns.map(({ name, type }) => sql`${selected[type](name)} AS ${sql.ref(name)}`));

/** Deals of a county by serial number, some at a time. */
export function dealRows({ query }: Pick<Database<unknown>, 'query'>): WriteDealsPorts['dealsOf'] {
  return async function* (letter) {
    let last = '';
    while (true) {
      const { rows } = await sql<Record<string, string | number | null> & { serial_number: string }>`
        SELECT ${columns} FROM presale.deals
        WHERE county = ${counties[letter]} AND serial_number > ${last} ORDER BY serial_number LIMIT ${batchRows}`.execute(
        query,
      );
      const newest = rows.at(-1);
      if (!newest) return;
      yield rows.map(fileRow);
      last = newest.serial_number;
    }
  };
}

function fileRow(row: Readonly<Record<string, string | number | null>>): DealFileRow {
  return dealColumns.map(({ name, type }) => {
    const value = row[name] ?? null;
    return value !== null && (type === 'bigint' || type === 'instant') ? BigInt(value) : value;
  });
}
