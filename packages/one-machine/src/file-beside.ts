import path from 'node:path';

/** A file beside the one that asks, with the same ending: `.ts` in the workspace, `.js` where the package is installed. */
export function fileBeside(url: string, name: string): URL {
  return new URL(`./${name}${path.extname(url)}`, url);
}
