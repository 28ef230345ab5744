import { globSync } from 'node:fs';
import path from 'node:path';

const suffix = '.handler.ts';

/**
 * Every handler's file by the handler's name: `platform/send-mail` is `send-mail.handler.ts` in whichever folder of
 * `lambdas/platform` its subject has. A name is one file's of its workload.
 */
export function handlerFiles(files = globSync(`lambdas/*/**/*${suffix}`)): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of files.map((each) => each.replaceAll('\\', '/')).sort()) {
    const handler = `${file.split('/')[1]}/${path.posix.basename(file, suffix)}`;
    const other = found.get(handler);
    if (other !== undefined) throw new Error(`Two files are the handler ${handler}: ${other} and ${file}`);
    found.set(handler, file);
  }
  return found;
}
