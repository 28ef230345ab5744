import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { dependenciesFile, type OutsideDependency, outsideDependency } from '../contract.ts';

/** What the app has as the stack has written it beside this code. Throws where it doesn't stand there. */
export function listedDependencies(): readonly OutsideDependency[] {
  const text = readFileSync(new URL(dependenciesFile, import.meta.url), 'utf8');
  return z.array(outsideDependency).parse(JSON.parse(text));
}
