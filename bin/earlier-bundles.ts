import { createHash } from 'node:crypto';
import { constants, existsSync, globSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What a bundle was made of, by file: the digest of its text. */
type Digests = Readonly<Record<string, string>>;

interface Remembered {
  /** Of what every bundle follows from: the bundler, the packages, Node.js. */
  readonly common: string;
  readonly handlers: Readonly<Record<string, { readonly inputs: Digests; readonly files: readonly string[] }>>;
}

/** Bundles of an earlier run, to be taken where nothing that went into them has changed. */
export interface EarlierBundles {
  /** Puts the handler's earlier bundle into a folder and tells what it was made of; `undefined` where it has to be made anew. */
  take(handler: string, folder: string): Promise<readonly string[] | undefined>;
}

const memory = 'made-of.json';

// Sources name each other with their extensions, so a new file changes no bundle whose own files stay as they are.
const common = ['bin/**/*.ts', 'package.json', 'package-lock.json'];

/** Those that stand in a folder of bundles, with what is remembered of how they were made. */
export async function earlierBundles(output: string): Promise<EarlierBundles> {
  const file = path.join(output, memory);
  const nothing: Remembered = { common: '', handlers: {} };
  const remembered = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Remembered) : nothing;
  const digest = digests();
  const usable = remembered.common === (await commonDigest());
  return {
    async take(handler, folder) {
      const found = usable ? remembered.handlers[handler] : undefined;
      if (!found || !(await areAsTheyWere(found.inputs, digest))) return undefined;
      // What others have put beside it since stays behind.
      const copied = await copyAll(found.files, path.join(output, handler), folder);
      return copied ? Object.keys(found.inputs) : undefined;
    },
  };
}

/** Writes beside finished bundles what each was made of; the packages' own files follow from the lock file. */
export async function rememberInputs(output: string, made: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const digest = digests();
  const handlers: Record<string, Remembered['handlers'][string]> = {};
  for (const [handler, files] of made) {
    const inputs: Record<string, string> = {};
    for (const file of files.filter((name) => !name.includes('node_modules'))) inputs[file] = await digest(file);
    handlers[handler] = { inputs, files: await readdir(path.join(output, handler)) };
  }
  const remembered: Remembered = { common: await commonDigest(), handlers };
  await writeFile(path.join(output, memory), JSON.stringify(remembered));
}

async function areAsTheyWere(inputs: Digests, digest: (file: string) => Promise<string>): Promise<boolean> {
  for (const [file, was] of Object.entries(inputs)) if ((await digest(file)) !== was) return false;
  return true;
}

async function copyAll(files: readonly string[], from: string, to: string): Promise<boolean> {
  await mkdir(to, { recursive: true });
  const gone = (error: NodeJS.ErrnoException) => {
    // Another bundler replaces the folder meanwhile.
    if (error.code === 'ENOENT') return false;
    throw error;
  };
  const copy = (name: string) => copyFile(path.join(from, name), path.join(to, name), constants.COPYFILE_FICLONE);
  const copied = await Promise.all(files.map((name) => copy(name).then(() => true, gone)));
  return copied.every(Boolean);
}

/** Reads each file once; a file that is gone has no digest that anything was made of. */
function digests(): (file: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (file) => {
    const found = known.get(file) ?? (existsSync(file) ? sha256(await readFile(file)) : 'gone');
    known.set(file, found);
    return found;
  };
}

async function commonDigest(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const file of globSync([...common]).sort()) hash.update(`${file}\n`).update(await readFile(file));
  return hash.digest('hex');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
