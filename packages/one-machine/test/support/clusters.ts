import path from 'node:path';
import { inject } from 'vitest';
import { copyFolder } from './copy-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the clusters that `make-clusters.ts` made. */
    readonly clusters: string;
  }
}

/**
 * Puts a database cluster where `startPostgres` looks for its data: `fresh` as initdb makes it, or with every migration in
 * it. A copy is there in a fraction of the time that initdb and the migrations take.
 */
export function copyCluster(cluster: 'fresh' | 'migrated', directory: string): Promise<void> {
  return copyFolder(path.join(inject('clusters'), cluster), directory);
}
