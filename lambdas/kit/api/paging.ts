import * as z from 'zod';
import { integerParameter, written } from './parameters.ts';

/** Lists that are answered page by page: how a page is asked for, what a reader is handed, what it gives back. */

/** Which rows of a list. */
export interface Paging {
  /** Rows to skip. */
  readonly start: number;
  readonly length: number;
}

/** One page of rows, and how many there are in all. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly total: number;
}

/** How long a page of a list is, in rows; at most 500. */
export function lengthParameter(otherwise: number) {
  return integerParameter({ min: 1, max: 500 }).default(otherwise).describe('Rows on the page.');
}

/** Query parameters of a list: where its page begins, and how long it is. */
export function pagingParameters(otherwise: number) {
  return {
    start: integerParameter({ min: 0 }).default(0).describe('Rows to skip.'),
    length: lengthParameter(otherwise),
  };
}

// PostgreSQL skips rows by a number of 63 bits.
export const lastPage = 1_000_000_000;

/**
 * A whole number of an API whose clients count pages: below 1, and empty, it is 1; above `most` it is that. By default
 * it is the number of a page.
 */
export function pageParameter(most = lastPage) {
  const number = z
    // A body has it as a number.
    .preprocess(
      (given) => (typeof given === 'number' ? String(given) : given),
      z.string('should be integer.').regex(/^\s*([+-]?\d+)?\s*$/, 'should be integer.'),
    )
    .transform((text) => Math.min(Math.max(Number(text), 1), most));
  return written(number, { type: 'integer', minimum: 1, maximum: most });
}

/** The rows of a page that has a number, the first being 1. */
export function numberedPage(number: number, length: number): Paging {
  return { start: (number - 1) * length, length };
}

/** How many pages a list has; none where it is empty. */
export function pageCount({ total }: Page<unknown>, { length }: Paging): number {
  return Math.ceil(total / length);
}

/** A page of a list that is in memory as a whole. */
export function pageFrom<T>(all: readonly T[], { start, length }: Paging): Page<T> {
  return { data: all.slice(start, start + length), total: all.length };
}

/** Tells beside a bare list how many rows there are in all. */
export function totalHeader({ total }: Page<unknown>): Readonly<Record<string, string>> {
  return { 'x-total-count': String(total) };
}
