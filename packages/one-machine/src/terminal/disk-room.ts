import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { SettingError } from '../settings.ts';
import type { Log } from './log.ts';

const megabyte = 1024 * 1024;

// A first start and its sample runs write 100 MB, and PostgreSQL's log of changes grows by 16 MB at a time.
const neededBytes = 150 * megabyte;
// A folder that has its database already: two such pieces.
const neededAgainBytes = 32 * megabyte;
// What is left when every piece of work may be the last one that fits.
const lowBytes = 16 * megabyte;

/** Bytes that are free where the folder is, or will be. */
export type FreeBytes = (folder: string) => Promise<number>;

const freeBytes: FreeBytes = async (folder) => {
  let there = folder;
  while (!existsSync(there)) there = path.dirname(there);
  const { bavail, bsize } = await statfs(there);
  return bavail * bsize;
};

const shown = (bytes: number) => `${Math.floor(bytes / megabyte)} MB`;

/** Throws a SettingError that says how much room a start needs where there is less. */
export async function checkRoom(directory: string, namedBy: string, free = freeBytes): Promise<void> {
  const needed = existsSync(path.join(directory, 'postgres')) ? neededAgainBytes : neededBytes;
  const left = await free(directory);
  if (left < needed)
    throw new SettingError(
      `The disk of ${directory} has ${shown(left)} left, and a start needs ${shown(needed)}: make room, or name another folder by ${namedBy}`,
    );
}

/** Says once that the disk is full, and once that it no longer is: each part that can't write says only that. */
export function watchRoom(
  directory: string,
  log: Pick<Log, 'warn' | 'say'>,
  { free = freeBytes, everyMs = 2000 }: { readonly free?: FreeBytes; readonly everyMs?: number } = {},
): { stop(): void } {
  let full = false;
  const look = async () => {
    const left = await free(directory);
    if (left < lowBytes && !full) {
      full = true;
      log.warn(
        `The disk of ${directory} is full: ${shown(left)} left. What fails for it is tried again or goes where failures go; make room there.`,
      );
    } else if (full && left >= neededAgainBytes) {
      full = false;
      log.say(`The disk of ${directory} has room again: ${shown(left)}`);
    }
  };
  const timer = setInterval(() => look().catch((error) => log.warn(String(error))), everyMs);
  return { stop: () => clearInterval(timer) };
}
