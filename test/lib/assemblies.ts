import { environmentNames } from '../../lib/environment.ts';
import { Assembly } from '../../lib/inventory/assembly.ts';

/** What `test/global-setup.ts` synthesized, one per environment. */
export const assemblies = environmentNames.map((name) => new Assembly(`build/assembly/${name}`));

/** The assembly of prod: the largest sizes, everything retained. */
export const prod = new Assembly('build/assembly/prod');

/** Every object in a JSON tree, the tree itself included. */
export function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const child of Object.values(value)) yield* objectsIn(child);
}
