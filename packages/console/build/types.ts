import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';

const project = path.resolve(import.meta.dirname, '../../..');

/**
 * Writes the types of the API as docs/openapi.json has them, before each check of types: they are in no commit, so they
 * cannot differ from the document.
 */
async function writeTypes(): Promise<void> {
  const nodes = await openapiTS(new URL(`file://${path.join(project, 'docs/openapi.json')}`));
  await writeFile(path.join(import.meta.dirname, '../src/api/schema.gen.d.ts'), astToString(nodes));
}

await writeTypes();
