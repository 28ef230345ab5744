import { dirname, join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };

const aliases = Object.entries(manifest.imports).map(([alias, target]) => ({
  alias: alias.slice(0, -'*'.length),
  folder: target.slice('./'.length, -'*'.length),
}));

const machine = 'one-machine/';

/** Whether an import names a file of ours, not a package from elsewhere. */
export const isOurs = (name: string): boolean => /^[.#]/.test(name) || name.startsWith(machine);

/** The file of ours that an import names, `./x.ts`, `#kit/x.ts` or `one-machine/x.ts`, as a path from the project's root. */
export function importedPath(from: string, name: string): string {
  const known = aliases.find(({ alias }) => name.startsWith(alias));
  if (known) return known.folder + name.slice(known.alias.length);
  if (name.startsWith(machine)) return `packages/one-machine/src/${name.slice(machine.length)}`;
  if (name.startsWith('#')) throw new Error(`${from}: package.json has no "imports" for ${name}`);
  return join(dirname(from), name);
}
