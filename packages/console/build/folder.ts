import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Everything the built application follows from; the types of the API leave no trace in it. */
const sources = [
  'packages/console/*.{json,html,ts}',
  'packages/console/build/*.ts',
  'packages/console/{src,public}/**/*',
  'package-lock.json',
];

/** Where the application built from a checkout's present sources lies, or will lie. */
export async function builtFolder(project: string): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  const files: string[] = [];
  for await (const entry of glob(sources, { cwd: project, withFileTypes: true }))
    if (entry.isFile() && !entry.name.endsWith('.gen.d.ts')) files.push(path.join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(path.relative(project, file)).update(await readFile(file));
  return path.join(project, 'build', 'console', hash.digest('hex').slice(0, 16));
}
