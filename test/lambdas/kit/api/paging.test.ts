import { expect, test } from 'vitest';
import * as z from 'zod';
import { numberedPage, pageCount, pageFrom, pageParameter, pagingParameters, totalHeader } from '#kit/api/paging.ts';

const rows = Array.from({ length: 23 }, (_, index) => index + 1);

test('a list is asked for by rows: where its page begins, and how long it is', () => {
  const query = z.object(pagingParameters(15));

  expect(pageFrom(rows, query.parse({}))).toEqual({ data: rows.slice(0, 15), total: 23 });
  expect(pageFrom(rows, query.parse({ start: '15' }))).toEqual({ data: rows.slice(15), total: 23 });
  expect(pageFrom(rows, query.parse({ start: '23', length: '500' }))).toEqual({ data: [], total: 23 });
  expect(query.safeParse({ start: '-1', length: '501' }).error?.issues.map(({ path }) => path[0])).toEqual([
    'start',
    'length',
  ]);
});

// The names are each API's own, and whether they come as text or as numbers.
const counted = z
  .object({ page_offset: pageParameter(100).default(10), page_size: pageParameter().default(1) })
  .transform(({ page_offset, page_size }) => numberedPage(page_size, page_offset));

test.each([
  [{}, rows.slice(0, 10), 3],
  [{ page_size: '3' }, [21, 22, 23], 3],
  [{ page_size: 2, page_offset: 20 }, [21, 22, 23], 2],
  [{ page_size: 0, page_offset: '-4' }, [1], 23],
  [{ page_offset: 1e6 }, rows, 1],
  [{ page_size: 1e30 }, undefined, undefined],
  [{ page_size: 1_000_000_000 }, [], 3],
])('a list is asked for by pages: %j', (given, data, pages) => {
  const read = counted.safeParse(given);
  const paging = read.data;
  const page = paging && pageFrom(rows, paging);

  expect(page?.data).toEqual(data);
  expect(paging && page && { totalItems: page.total, totalPages: pageCount(page, paging) }).toEqual(
    pages && { totalItems: 23, totalPages: pages },
  );
});

test.each([1.5, null, true, [1], 'two'])('%j is no number of a page', (given) => {
  expect(counted.safeParse({ page_size: given }).error?.issues).toMatchObject([
    { path: ['page_size'], message: 'should be integer.' },
  ]);
});

test('an empty list has no pages, and a bare one tells its length beside itself', () => {
  const empty = pageFrom([], numberedPage(1, 10));

  expect(pageCount(empty, { start: 0, length: 10 })).toBe(0);
  expect(totalHeader(pageFrom(rows, numberedPage(2, 10)))).toEqual({ 'x-total-count': '23' });
});
