import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { linkFile } from './link-equal-files.ts';

/** What a bundle was made of, by file: the digest of its text. */
type Digests = Readonly<Record<string, string>>;

interface Bundled {
  readonly inputs: Digests;
  readonly files: readonly string[];
}

interface Remembered {
  /** Of what every bundle follows from: the bundler, the packages, Node.js. */
  readonly common: string;
  readonly handlers: Readonly<Record<string, Bundled>>;
}

/** Bundles of an earlier run, to be taken where nothing that went into them has changed. */
export interface EarlierBundles {
  /** Puts the handler's earlier bundle into a folder and tells what it was made of; `undefined` where it has to be made anew. */
  take(handler: string, folder: string): Promise<readonly string[] | undefined>;
  /** Puts it there out of date as it is, and remembers it so; `false` where there is none. */
  postpone(handler: string, folder: string): Promise<boolean>;
  /** Writes beside finished bundles what each was made of; the packages' own files follow from the lock file. */
  remember(output: string, made: ReadonlyMap<string, readonly string[]>): Promise<void>;
}

const memory = 'made-of.json';

// Sources name each other with their extensions, so a new file changes no bundle whose own files stay as they are.
const common = ['bin/**/*.ts', 'package.json', 'package-lock.json'];

// The documentation is made of all there are: one more changes it.
const documented = 'lambdas/*/openapi.ts';

/** Those that stand in a folder of bundles, with what is remembered of how they were made. */
export async function earlierBundles(output: string): Promise<EarlierBundles> {
  const file = path.join(output, memory);
  const nothing: Remembered = { common: '', handlers: {} };
  const remembered = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Remembered) : nothing;
  const digest = digests();
  const commonNow = await commonDigest();
  const found = remembered.common === commonNow ? remembered.handlers : {};
  const postponed: Record<string, Bundled> = {};
  // What others have put beside it since stays behind.
  const put = (handler: string, { files }: Bundled, folder: string) =>
    linkAll(files, path.join(output, handler), folder);
  return {
    async take(handler, folder) {
      const earlier = found[handler];
      if (!earlier || !(await areAsTheyWere(earlier.inputs, digest))) return undefined;
      return (await put(handler, earlier, folder)) ? Object.keys(earlier.inputs) : undefined;
    },
    async postpone(handler, folder) {
      const earlier = found[handler];
      if (!earlier || !(await put(handler, earlier, folder))) return false;
      postponed[handler] = earlier;
      return true;
    },
    async remember(made, inputs) {
      const handlers = { ...postponed, ...(await bundled(made, inputs, digest)) };
      await writeFile(path.join(made, memory), JSON.stringify({ common: commonNow, handlers } satisfies Remembered));
    },
  };
}

async function bundled(
  output: string,
  made: ReadonlyMap<string, readonly string[]>,
  digest: (file: string) => Promise<string>,
): Promise<Remembered['handlers']> {
  const handlers: Record<string, Bundled> = {};
  for (const [handler, files] of made) {
    const inputs: Record<string, string> = {};
    for (const file of files.filter((name) => !name.includes('node_modules'))) inputs[file] = await digest(file);
    handlers[handler] = { inputs, files: await readdir(path.join(output, handler)) };
  }
  return handlers;
}

async function areAsTheyWere(inputs: Digests, digest: (file: string) => Promise<string>): Promise<boolean> {
  const same = await Promise.all(Object.entries(inputs).map(async ([file, was]) => (await digest(file)) === was));
  return same.every(Boolean);
}

/** A finished bundle is never written in place, so the same file may stand in both. */
async function linkAll(files: readonly string[], from: string, to: string): Promise<boolean> {
  await mkdir(to, { recursive: true });
  const gone = (error: NodeJS.ErrnoException) => {
    // Another bundler replaces the folder meanwhile.
    if (error.code === 'ENOENT') return false;
    throw error;
  };
  const linkOne = async (name: string) => {
    const [there, here] = [path.join(from, name), path.join(to, name)];
    if (!(await linkFile(there, here))) await copyFile(there, here);
  };
  const taken = await Promise.all(files.map((name) => linkOne(name).then(() => true, gone)));
  return taken.every(Boolean);
}

/**
 * Reads each file once; a file that is gone has no digest that anything was made of. A file that changes while it is bundled
 * keeps the digest of before, and its bundle is made anew the next time.
 */
function digests(): (file: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (file) => {
    const found = known.get(file) ?? digestOf(file);
    known.set(file, found);
    return found;
  };
}

async function digestOf(file: string): Promise<string> {
  return existsSync(file) ? sha256(await readFile(file)) : 'gone';
}

async function commonDigest(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const file of globSync(documented).sort()) hash.update(`${file}\n`);
  for (const file of globSync([...common]).sort()) hash.update(`${file}\n`).update(await readFile(file));
  return hash.digest('hex');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
