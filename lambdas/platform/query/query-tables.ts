import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { type QueryTable, queryTable, queryTablesFile } from '../contract.ts';

/** The tables that can be asked about, as the stack has written them beside this code. Throws where they don't stand there. */
export function listedTables(): readonly QueryTable[] {
  const text = readFileSync(new URL(queryTablesFile, import.meta.url), 'utf8');
  return z.array(queryTable).parse(JSON.parse(text));
}
