import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './assembly.ts';
import type { Stack } from './stack.ts';

// An editor writes a file in several steps.
const settleMs = 150;
const handlerFolders = ['lambdas', 'migrations'];
const infrastructureFolders = ['lib', 'bin'];

/** Takes up changed handlers while the stack runs: bundles again and gives the functions their new code. */
export function watchSources(stack: Stack): { stop(): void } {
  const { project } = stack.settings;
  let timer: NodeJS.Timeout | undefined;
  let bundling: Promise<void> = Promise.resolve();
  const taken = new Map<string, string>();
  const rebundle = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      bundling = bundling
        .then(() => reload(stack, taken))
        .catch((error) => stack.log.warn(`The change was not taken up: ${String(error)}`));
    }, settleMs);
  };
  const watchers = [
    ...handlerFolders.map((folder) => watch(path.join(project, folder), { recursive: true }, rebundle)),
    ...infrastructureFolders.map((folder) =>
      watch(
        path.join(project, folder),
        { recursive: true },
        once(() => stack.log.warn('The stack itself changed: stop and start again to run it')),
      ),
    ),
  ];
  return {
    stop() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** `taken`: the digest of the code each function runs, once it isn't the assembly's; the folder holds the newest already. */
async function reload(stack: Stack, taken: Map<string, string>): Promise<void> {
  const before = performance.now();
  await run(stack.settings.project, 'bin/bundle.ts', {});
  const changed: string[] = [];
  for (const { handler, arn, codeDirectory } of stack.model.functions) {
    const directory = path.join(stack.settings.project, 'build', 'handlers', handler);
    await addSynthesized(codeDirectory, directory);
    const newest = await digest(directory);
    if (newest === (taken.get(arn) ?? (await digest(stack.functions.codeDirectory(arn))))) continue;
    taken.set(arn, newest);
    stack.functions.replaceCode(handler, directory);
    changed.push(handler);
  }
  if (changed.length === 0) return;
  stack.log.say(`Took up ${changed.join(', ')} in ${Math.round(performance.now() - before)} ms`);
}

/** What the synthesis has put beside a bundle, the bundler makes no newer one of. */
async function addSynthesized(synthesized: string, bundle: string): Promise<void> {
  const bundled = new Set(await readdir(bundle));
  const added = (await readdir(synthesized)).filter((name) => name.endsWith('.json') && !bundled.has(name));
  for (const name of added) await copyFile(path.join(synthesized, name), path.join(bundle, name));
}

/** Of the code and what it reads: a changed route changes the documentation, whose own code stays as it is. */
async function digest(directory: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(directory)).filter((file) => !file.endsWith('.map')).sort())
    hash.update(name).update(await readFile(path.join(directory, name)));
  return hash.digest('hex');
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
