import type { CountyLetter } from '../publication/counties.ts';
import { type DealFileRow, dealsFolder } from './columns.ts';

type Rows = AsyncIterable<readonly DealFileRow[]>;

export interface WriteDealsPorts {
  /** A county's deals as the database has them, withdrawn ones too. */
  readonly dealsOf: (letter: CountyLetter) => Rows;
  readonly write: (key: string, rows: Rows) => Promise<void>;
}

/** The one file of a county. */
function dealsKey(letter: CountyLetter): string {
  return `${dealsFolder}/letter=${letter}/deals.parquet`;
}

/** Writes a county's file anew from the database: what it holds is the same however often it is done. */
export async function writeDeals(
  { county }: { readonly county: CountyLetter },
  { dealsOf, write }: WriteDealsPorts,
): Promise<void> {
  await write(dealsKey(county), dealsOf(county));
}
