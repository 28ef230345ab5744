import { existsSync, rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { builtFolder } from './folder.ts';

const project = path.resolve(import.meta.dirname, '../../..');

/**
 * Builds the application, each file compressed once, unless one of the very same sources is there. Resolves to its
 * folder. Several processes may ask at once.
 */
export async function buildConsole(): Promise<string> {
  const folder = await builtFolder(project);
  if (existsSync(folder)) return folder;
  // What is built here is also deployed, where functions run under another account.
  process.umask(0o022);
  await mkdir(path.dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}.`);
  const environment = process.env.NODE_ENV;
  const forget = forgetWhenKilled(fresh);
  try {
    // Vite builds for whatever this says: under a test's environment React would be the one for development.
    process.env.NODE_ENV = 'production';
    await build({ root: path.resolve(import.meta.dirname, '..'), logLevel: 'error', build: { outDir: fresh } });
    await compressAll(fresh);
    await chmod(fresh, 0o755);
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another process was faster with the same sources.
    if (!existsSync(folder)) throw error;
  } finally {
    forget.stop();
    if (environment === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = environment;
  }
  return folder;
}

/** Whoever stops a build, or a start that builds, finds nothing half built afterwards. */
function forgetWhenKilled(folder: string): { stop(): void } {
  const leave = (signal: NodeJS.Signals) => {
    rmSync(folder, { recursive: true, force: true });
    process.kill(process.pid, signal);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, leave);
  return {
    stop() {
      for (const signal of signals) process.off(signal, leave);
    },
  };
}

async function compressAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    await writeFile(`${file}.gz`, gzipSync(await readFile(file), { level: 9 }));
    await rm(file);
  }
}

if (import.meta.main) process.stdout.write(`${await buildConsole()}\n`);
