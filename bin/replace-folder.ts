import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Where a process makes what will be in the place. */
export function unfinishedFolder(place: string): string {
  return `${place}.new-${process.pid}`;
}

/** Puts a finished folder in another's place at once, so that nobody reads a half-written one. */
export async function replaceFolder(finished: string, place: string): Promise<void> {
  const old = `${place}.old-${process.pid}`;
  await rename(place, old).catch(ignoreMissing);
  await rename(finished, place);
  await rm(old, { recursive: true, force: true });
}

/** Removes what processes that have ended left beside the place: they were killed before they had put it there. */
export async function forgetUnfinished(place: string): Promise<void> {
  const folder = path.dirname(place);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    ignoreMissing(error);
    return [];
  });
  for (const name of names) {
    const [, of, pid] = /^(.+)\.(?:new|old)-(\d+)$/.exec(name) ?? [];
    if (of === path.basename(place) && !runs(Number(pid)))
      await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs as somebody else.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
