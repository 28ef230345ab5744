import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { dependenciesFile, type OutsideDependency, outsideDependency } from '../contract.ts';

/** Reads the app's resources from the file that the stack writes beside this code. Throws when it is missing. */
export function listedDependencies(): readonly OutsideDependency[] {
  const text = readFileSync(new URL(dependenciesFile, import.meta.url), 'utf8');
  return z.array(outsideDependency).parse(JSON.parse(text));
}
