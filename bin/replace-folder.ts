import { rename, rm } from 'node:fs/promises';

/** Puts a finished folder in another's place at once, so that nobody reads a half-written one. */
export async function replaceFolder(finished: string, place: string): Promise<void> {
  const old = `${place}.old-${process.pid}`;
  await rename(place, old).catch(ignoreMissing);
  await rename(finished, place);
  await rm(old, { recursive: true, force: true });
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
