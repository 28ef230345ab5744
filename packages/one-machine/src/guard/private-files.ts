import { chmod, mkdir, open, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

/** What this process and its children make from now on is their owner's alone. */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}

/**
 * Closes a folder of state to all other users, also one that an earlier version left open. Only root's own is let through
 * without being listed, since its database runs under another account; what is in it is closed one by one.
 */
export async function makePrivate(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const isRoot = process.getuid?.() === 0;
  await chmod(directory, isRoot ? 0o711 : 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) await chmod(file, isRoot && entry.name === 'postgres' ? 0o711 : 0o700);
    else if (entry.isFile()) await chmod(file, 0o600);
  }
}

/** Writes a file that its owner alone reads; aside and renamed, so that a kill leaves the old one or the new one. */
export async function writePrivately(file: string, text: string): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    // The file may be one that a kill left with another mode.
    await handle.chmod(0o600);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}
