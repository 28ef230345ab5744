import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { glob, link, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

// A smaller file takes a block or two of the disk whatever is done to it.
const smallestBytes = 16 * 1024;

interface Found {
  readonly file: string;
  readonly inode: number;
}

/**
 * Lets files of the same content in these folders share their place on the disk: bundles hold the same WebAssembly and models
 * many times over, and an assembly holds them all once more. The files must never be written in place; where a disk can't
 * share they stay as they are, and what another process takes away meanwhile is passed over.
 */
export async function linkEqualFiles(folders: readonly string[]): Promise<void> {
  const bySize = new Map<number, Found[]>();
  for (const folder of folders)
    for await (const entry of glob('**/*', { cwd: folder, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const found = await unlessGone(stat(file));
      if (found && found.size >= smallestBytes)
        bySize.set(found.size, [...(bySize.get(found.size) ?? []), { file, inode: found.ino }]);
    }
  for (const found of bySize.values()) if (new Set(found.map(({ inode }) => inode)).size > 1) await linkAll(found);
}

async function linkAll(found: readonly Found[]): Promise<void> {
  const first = new Map<string, Found>();
  const digests = new Map<number, string>();
  for (const one of found) {
    const digest = digests.get(one.inode) ?? (await unlessGone(digestOf(one.file)));
    if (digest === undefined) continue;
    digests.set(one.inode, digest);
    const same = first.get(digest);
    if (same === undefined) first.set(digest, one);
    else if (same.inode !== one.inode) await unlessGone(linkTo(same.file, one.file));
  }
}

/** In one step: who reads the file meanwhile finds it whole. */
async function linkTo(existing: string, place: string): Promise<void> {
  const aside = `${place}.link-${process.pid}`;
  try {
    if (await linkFile(existing, aside)) await rename(aside, place);
  } finally {
    await rm(aside, { force: true });
  }
}

/** Another bundler may put its own folder in the place of the one that is read. */
async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

// The place is on another disk, its disk knows no second names, they may not be given, or the file has all it can have.
const cannot = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Gives a file a second name; resolves to false where that can't be had, which is nobody's failure. */
export async function linkFile(existing: string, place: string): Promise<boolean> {
  try {
    await link(existing, place);
    return true;
  } catch (error) {
    if (!cannot.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return false;
  }
}
