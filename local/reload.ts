import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { once as memoized } from '#kit/once.ts';
import { type Run, run } from './assembly.ts';
import type { Stack } from './stack.ts';

// An editor writes a file in several steps.
const settleMs = 150;
const handlerFolders = ['lambdas', 'migrations'];
const infrastructureFolders = ['lib', 'bin'];

// It is made of all routes: whoever changes one doesn't wait for it.
const documentation = 'platform/docs';

/**
 * Takes up changed handlers while the stack runs: bundles again and gives the functions their new code. Once it has
 * stopped, nothing is being bundled.
 */
export function watchSources(stack: Stack): { stop(): Promise<void> } {
  const { project } = stack.settings;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let bundling: Promise<void> = Promise.resolve();
  const taken = new Map<string, Code>();
  const rebundle = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      bundling = bundling
        .then(() => reload(stack, taken, stopping.signal))
        .catch((error) => {
          if (!stopping.signal.aborted) stack.log.warn(`The change was not taken up: ${String(error)}`);
        });
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
    async stop() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      stopping.abort();
      await bundling;
    },
  };
}

/** What changed first, then the documentation where it is out of date by that. */
async function reload(stack: Stack, taken: Map<string, Code>, signal: AbortSignal): Promise<void> {
  let left = false;
  const onLine = (line: string) => {
    left ||= line === `${documentation} is left for later`;
  };
  await bundleAndTakeUp(stack, taken, { flags: ['--later', documentation], onLine, signal });
  if (left) await bundleAndTakeUp(stack, taken, { signal });
}

/** `taken`: the code each function runs, once it isn't the assembly's; the folder holds the newest already. */
async function bundleAndTakeUp(stack: Stack, taken: Map<string, Code>, bundling: Run): Promise<void> {
  const before = performance.now();
  await run(stack.settings.project, 'bin/bundle.ts', {}, bundling);
  const changed: string[] = [];
  for (const { handler, arn, codeDirectory } of stack.model.functions) {
    const directory = path.join(stack.settings.project, 'build', 'handlers', handler);
    await addSynthesized(codeDirectory, directory);
    const newest = await codeIn(directory);
    const runs = taken.get(arn) ?? (await codeIn(stack.functions.codeDirectory(arn)));
    if (await sameCode(runs, newest)) continue;
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

/** The code of a function and what it reads: a changed route changes the documentation, whose own code stays as it is. */
interface Code {
  /** Which files they are on the disk: a bundle that was taken over from an earlier run has the very same ones. */
  readonly files: string;
  readonly digest: () => Promise<string>;
}

async function codeIn(directory: string): Promise<Code> {
  const names = (await readdir(directory)).filter((file) => !file.endsWith('.map')).sort();
  const stats = await Promise.all(names.map((name) => stat(path.join(directory, name))));
  const files = names.map((name, at) => `${name} ${stats[at]?.dev} ${stats[at]?.ino} ${stats[at]?.mtimeMs}`);
  // Of code that is taken up it has been read by then: the next bundling replaces the folder.
  const content = memoized(async () => {
    const hash = createHash('sha256');
    for (const name of names) hash.update(name).update(await readFile(path.join(directory, name)));
    return hash.digest('hex');
  });
  return { files: files.join('\n'), digest: content };
}

async function sameCode(one: Code, other: Code): Promise<boolean> {
  return one.files === other.files || (await one.digest()) === (await other.digest());
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
