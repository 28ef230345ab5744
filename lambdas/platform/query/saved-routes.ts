import * as z from 'zod';
import { momentText, resultOf } from '#kit/api/answers.ts';
import { authorOf, whoField } from '#kit/api/author.ts';
import { textParameter } from '#kit/api/parameters.ts';
import { type Route, route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import type { routesOfSavedQueries } from '../contract.ts';
import { mayAskAll, sqlText } from './query.ts';
import type { SavedQueries } from './saved-query.ts';

export interface SavedQueriesPorts {
  readonly saved: SavedQueries;
}

const path = z.object({ name: textParameter({ min: 1, max: 100 }) });
const done = resultOf(z.object({ name: z.string() }));

const savedQuery = z
  .object({ name: z.string(), sql: z.string(), saved_by: z.string(), saved_at: momentText })
  .meta({ id: 'SavedQuery' });

/** GET /platform/saved-queries */
const listSaved = route({
  summary: 'Lists the queries that have a name',
  permission: 'operate',
  answers: { 200: resultOf(z.object({ data: z.array(savedQuery) })) },
  handle: async ({ caller }, { saved }: SavedQueriesPorts) => {
    mayAskAll(caller);
    const data = (await saved.list()).map((one) => ({ ...one, saved_at: one.saved_at.toISOString() }));
    return { status: 200, body: { result: { data } } };
  },
});

/** PUT /platform/saved-queries/{name} */
const saveQuery = route({
  summary: 'Gives a query a name',
  permission: 'operate',
  description: 'For everybody who may ask queries. One of the same name is replaced.',
  answers: { 200: done },
  path,
  body: z.object({ sql: sqlText, who: whoField }).catchall(z.undefined('Unknown field.')),
  handle: async ({ path: { name }, body: { sql, who }, caller }, { saved }: SavedQueriesPorts) => {
    mayAskAll(caller);
    await saved.save({ name, sql, saved_by: authorOf(caller, who) });
    return { status: 200, body: { result: { name } } };
  },
});

/** DELETE /platform/saved-queries/{name} */
const removeSaved = route({
  summary: 'Forgets a query that has a name',
  permission: 'operate',
  answers: { 200: done },
  path,
  handle: async ({ path: { name }, caller }, { saved }: SavedQueriesPorts) => {
    mayAskAll(caller);
    if (!(await saved.remove(name))) throw new NotFoundError(`There is no saved query ${name}.`);
    return { status: 200, body: { result: { name } } };
  },
});

/** Queries with a name over HTTP. */
export const savedQueriesApi: Readonly<Record<(typeof routesOfSavedQueries)[number], Route<SavedQueriesPorts>>> = {
  'GET /platform/saved-queries': listSaved,
  'PUT /platform/saved-queries/{name}': saveQuery,
  'DELETE /platform/saved-queries/{name}': removeSaved,
};
