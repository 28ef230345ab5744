import * as z from 'zod';
import { written } from '#kit/api/parameters.ts';

/** The columns that clients may sort by, by the names they use. */
const sortColumns = {
  price: 'price_twd',
  unit_price: 'unit_price_twd_per_m2',
  transaction_date: 'transaction_date',
} as const;

/** One column of an order. */
export interface SortBy {
  readonly column: (typeof sortColumns)[keyof typeof sortColumns];
  readonly direction: 'asc' | 'desc';
}

const names = Object.keys(sortColumns).join(', ');

/** `+price,-transaction_date`; the plus arrives as a space, and may be left out. */
export function sortParameter() {
  const sort = z.string().transform((text, context): readonly SortBy[] => {
    const orders = text.split(',').map(sortBy);
    const known = orders.filter((order) => order !== undefined);
    if (known.length === orders.length) return known;
    context.addIssue({ code: 'custom', message: `Must be names of: ${names}, each with + or - before it.` });
    return z.NEVER;
  });
  const name = `[+ -]?(${Object.keys(sortColumns).join('|')})`;
  return written(sort, {
    type: 'string',
    pattern: `^${name}(,${name})*$`,
    examples: ['-price,+transaction_date'],
  }).describe(`Names of ${names}, each with + (ascending) or - (descending) before it.`);
}

function sortBy(text: string): SortBy | undefined {
  const [, sign, name] = /^([+ -]?)(\w+)$/.exec(text) ?? [];
  // Own names only: `constructor` is a name of every object.
  if (name === undefined || !Object.hasOwn(sortColumns, name)) return undefined;
  const column = sortColumns[name as keyof typeof sortColumns];
  return { column, direction: sign === '-' ? 'desc' : 'asc' };
}
