import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FunctionModel } from '../template/model.ts';

/** Puts code that stands in the template into a folder of its own, as Lambda does: `index.js`. */
export async function withCodeFolder(model: FunctionModel, directory: string): Promise<FunctionModel> {
  if (model.inlineCode === undefined) return model;
  const codeDirectory = path.join(directory, model.name);
  await mkdir(codeDirectory, { recursive: true });
  // Its own package.json: the folders above must not decide its module kind.
  await writeFile(path.join(codeDirectory, 'package.json'), '{}');
  await writeFile(path.join(codeDirectory, 'index.js'), model.inlineCode);
  return { ...model, codeDirectory };
}
