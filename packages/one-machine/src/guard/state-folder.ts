import { constants } from 'node:fs';
import { access, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { SettingError } from '../settings.ts';

// What systems put into the root of a disk, and into folders that were looked at.
const ofTheSystem = new Set(['lost+found', '.DS_Store']);

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file',
  ENOTDIR: 'a part of it is a file',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'its disk can’t be written',
  ENOENT: 'it can’t be made there',
  ENAMETOOLONG: 'its name is too long',
};

/**
 * Makes the folder of a stack's state. Throws a SettingError where it can't be written, and where it holds something else:
 * a start closes what is in it to other users, and a reset removes it.
 */
export async function claimStateFolder(directory: string, namedBy: string): Promise<void> {
  try {
    await makeFolder(directory);
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new SettingError(`${namedBy} can’t be used, ${reasons[code] ?? message}: ${directory}`);
  }
  if (!(await isStateFolder(directory)))
    throw new SettingError(`${namedBy} holds other things than a stack’s, name an empty or a new folder: ${directory}`);
}

/** One after the other: the recursive mkdir of Node.js tries for ever where a system says that nothing is there, as /proc does. */
async function makeFolder(directory: string): Promise<void> {
  const found = await stat(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isDirectory()) return;
  if (found) throw Object.assign(new Error('A file'), { code: 'EEXIST' });
  await makeFolder(path.dirname(directory));
  await mkdir(directory, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    // Another start was faster.
    if (error.code === 'EEXIST') return makeFolder(directory);
    throw error;
  });
}

/** Whether the folder is a stack's, or empty, or not there. Every start begins with its log. */
export async function isStateFolder(directory: string): Promise<boolean> {
  const names = (await namesIn(directory)).filter((name) => !ofTheSystem.has(name));
  if (names.length === 0) return true;
  const logs = names.includes('log') ? await namesIn(path.join(directory, 'log')) : [];
  // One that has grown large has another name until the next line is written.
  return logs.some((name) => /\.jsonl(\.1)?$/.test(name));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
}
