import * as z from 'zod';
import { count, momentText, resultOf } from '#kit/api/answers.ts';
import { type Route, route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import { type QueryTable, type queryRoutes, queryTable } from '../contract.ts';
import { ask, mayAskAll, type QueryEngine, queryLimits, sqlText, tell } from './query.ts';

/** Everything the query routes need. */
export interface QueryPorts {
  readonly engine: QueryEngine;
  readonly tables: readonly QueryTable[];
  readonly clock: Clock;
}

const text = z.string();
const path = z.object({ id: z.uuid('Not the id of a query.') });

const query = z
  .object({
    id: text,
    sql: text,
    state: z.enum(['running', 'succeeded', 'failed', 'stopped']),
    reason: text.nullable().describe('Why there are no rows.'),
    asked_at: momentText,
    ended_at: momentText.nullable(),
    scanned_bytes: count,
    columns: z.array(z.object({ name: text, type: text })),
    rows: z.array(z.array(text.nullable())).describe('Every value as text, in the order of the columns.'),
    cut: z.boolean().describe(`There are more rows: the first ${queryLimits.rows} are told, or what fits an answer.`),
  })
  .meta({ id: 'Query' });

const limits = `Up to ${queryLimits.rows} rows, ${queryLimits.seconds} s and what the work group lets one read; ${queryLimits.running} at a time.`;

/** GET /platform/query-tables */
const listTables = route({
  summary: 'Lists the tables that queries can be about',
  permission: 'operate',
  answers: { 200: resultOf(z.object({ data: z.array(queryTable) })) },
  handle: async ({ caller }, { tables }: QueryPorts) => {
    mayAskAll(caller);
    return { status: 200, body: { result: { data: tables } } };
  },
});

/** POST /platform/queries */
const askQuery = route({
  summary: 'Asks one query about the files of all tenants',
  permission: 'operate',
  description: `SQL as Athena reads it, one SELECT. ${limits} Users bound to tenants are refused (403).`,
  answers: { 202: resultOf(z.object({ id: text })) },
  body: z.object({ sql: sqlText }).catchall(z.undefined('Unknown field.')),
  handle: async ({ body: { sql }, caller }, { engine, clock }: QueryPorts) => {
    mayAskAll(caller);
    return { status: 202, body: { result: { id: await ask(sql, engine, clock()) } } };
  },
});

/** GET /platform/queries/{id} */
const showQuery = route({
  summary: 'Shows a query with its first rows',
  permission: 'operate',
  description: `Ask again while it is running. ${limits} An answer is kept for a day.`,
  answers: { 200: resultOf(query) },
  path,
  handle: async ({ path: { id }, caller }, { engine, clock }: QueryPorts) => {
    mayAskAll(caller);
    const { sql, state, reason, asked, ended, scannedBytes, columns, rows, isCut } = await tell(id, engine, clock());
    const told = { id, sql, state, reason: reason ?? null, scanned_bytes: scannedBytes };
    const moments = { asked_at: asked.toISOString(), ended_at: ended?.toISOString() ?? null };
    const found = { columns: columns ?? [], rows: rows ?? [], cut: isCut ?? false };
    return { status: 200, body: { result: { ...told, ...moments, ...found } } };
  },
});

/** POST /platform/queries/{id}/stop */
const stopQuery = route({
  summary: 'Stops a query',
  permission: 'operate',
  description: 'One that has ended stays as it is.',
  answers: { 200: resultOf(z.object({ id: text })) },
  path,
  handle: async ({ path: { id }, caller }, { engine, clock }: QueryPorts) => {
    mayAskAll(caller);
    const { state } = await tell(id, engine, clock());
    if (state === 'running') await engine.stop(id);
    return { status: 200, body: { result: { id } } };
  },
});

/** People's own questions over HTTP. */
export const queryApi: Readonly<Record<(typeof queryRoutes)[number], Route<QueryPorts>>> = {
  'GET /platform/query-tables': listTables,
  'POST /platform/queries': askQuery,
  'GET /platform/queries/{id}': showQuery,
  'POST /platform/queries/{id}/stop': stopQuery,
};
