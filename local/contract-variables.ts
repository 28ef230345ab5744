import { globSync } from 'node:fs';
import path from 'node:path';
import { SettingError } from 'one-machine/settings.ts';
import * as z from 'zod';
import type { Settings } from './settings.ts';

/** The schemas by which functions read a variable: several have some. */
type SchemasByVariable = ReadonlyMap<string, readonly z.ZodType[]>;

/**
 * Checks what is set for functions by the very schemas by which these read it, so that no function finds it wrong later.
 * A name that begins as settings do and that nothing reads is refused, too: it would be ignored without a word.
 * `others` are checked elsewhere.
 */
export async function checkContractVariables(
  { project, variables }: Pick<Settings, 'project' | 'variables'>,
  others: readonly string[],
): Promise<void> {
  const contracts = await readContracts(project);
  const known = [...others, ...contracts.keys()].filter((name) => name.startsWith('PRESALE_')).sort();
  const unknown = Object.keys(variables).find((name) => name.startsWith('PRESALE_') && !known.includes(name));
  if (unknown !== undefined) throw new SettingError(`${unknown} is no setting; there are ${known.join(', ')}`);
  for (const [name, schemas] of contracts) {
    const value = variables[name];
    if (value === undefined || others.includes(name)) continue;
    const fault = schemas.map((schema) => faultOf(schema, value)).find((found) => found !== undefined);
    if (fault !== undefined) throw new SettingError(`${name} can’t be “${value}”: ${fault}`);
  }
}

/** A handler's variables are an object of its workload's contract, with names in capitals. */
async function readContracts(project: string): Promise<SchemasByVariable> {
  const files = globSync('lambdas/**/contract.ts', { cwd: project });
  const modules = await Promise.all(
    files.map((file) => import(/* @vite-ignore */ path.join(project, file)) as Promise<Record<string, unknown>>),
  );
  const found = new Map<string, z.ZodType[]>();
  for (const exported of modules.flatMap((module) => Object.values(module)))
    if (exported instanceof z.ZodObject)
      for (const [name, schema] of Object.entries(exported.shape))
        if (/^[A-Z][A-Z0-9_]+$/.test(name)) found.set(name, [...(found.get(name) ?? []), schema as z.ZodType]);
  return found;
}

/** What is empty is not handed on: the function then has none. */
function faultOf(schema: z.ZodType, value: string): string | undefined {
  const { error } = schema.safeParse(value === '' ? undefined : value);
  const [issue] = error?.issues ?? [];
  if (!issue) return undefined;
  if (issue.code === 'invalid_type' && issue.expected === 'number') return 'it is no number';
  if (issue.code === 'invalid_type' && issue.expected === 'int') return 'it is no whole number';
  return issue.message.replaceAll(/\s+/g, ' ');
}
