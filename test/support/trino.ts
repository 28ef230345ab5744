import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';

const answer = z.object({
  nextUri: z.url().optional(),
  columns: z.array(z.object({ name: z.string() })).optional(),
  data: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))).optional(),
  error: z.object({ message: z.string() }).optional(),
});
type Value = string | number | boolean | null;

const pauseMs = 100;

/** The Trino that MILLRACE_TRINO names (`http://localhost:8080`), or why there is none. It has to have the catalog `memory`. */
export function findTrino(): { readonly url: string } | { readonly missing: string } {
  const url = process.env.MILLRACE_TRINO;
  return url ? { url } : { missing: 'MILLRACE_TRINO names no Trino' };
}

/** Asks Trino by its client protocol; rows by the names of their columns. */
export async function askTrino(url: string, sql: string): Promise<Record<string, Value>[]> {
  const headers = { 'x-trino-user': 'millrace', 'x-trino-catalog': 'memory', 'x-trino-schema': 'default' };
  const read = async (response: Response) => {
    if (!response.ok) throw new Error(`Trino answers ${response.status}: ${await response.text()}`);
    return answer.parse(await response.json());
  };
  let page = await read(await fetch(new URL('/v1/statement', url), { method: 'POST', headers, body: sql }));
  let columns: readonly { readonly name: string }[] = [];
  const rows: Value[][] = [];
  while (true) {
    if (page.error) throw new Error(`${page.error.message}: ${sql}`);
    columns = page.columns ?? columns;
    rows.push(...(page.data ?? []));
    if (page.nextUri === undefined) break;
    if (!page.data) await wait(pauseMs);
    page = await read(await fetch(page.nextUri, { headers }));
  }
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null])));
}
