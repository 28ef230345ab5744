import { globSync } from 'node:fs';
import path from 'node:path';
import type { ApiPart, DocumentedApi } from '../../lambdas/kit/api/documentation.ts';

/** Each workload's own `openapi.ts`; what belongs to none stands last. */
export const documentedFiles = globSync('lambdas/*/openapi.ts').sort((a, b) => last(a) - last(b) || (a < b ? -1 : 1));

function last(file: string): number {
  return file.includes('platform') ? 1 : 0;
}

const documented = await Promise.all(
  documentedFiles.map(async (file) => {
    const module = (await import(/* @vite-ignore */ path.resolve(file))) as { readonly openapi?: DocumentedApi };
    if (!module.openapi) throw new Error(`${file} exports no "openapi"`);
    return module.openapi;
  }),
);

/** Every handler that answers HTTP; a test holds it against the template. */
export const parts: readonly ApiPart[] = documented.flatMap((api) => api.parts);

/** The groups of routes, in the order in which they are shown. */
export const tags = documented.flatMap((api) => api.tags);
