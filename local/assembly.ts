import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Starting, untold } from 'one-machine/terminal/starting.ts';

/** Everything the synthesized template and its assets follow from. */
const sources = [
  'bin/**/*.ts',
  'docs-page/*',
  'lib/**/*.ts',
  'lambdas/**/*',
  'migrations/**/*.ts',
  'packages/eventbridge-timetable/src/*',
  'cdk.json',
  'package-lock.json',
  'package.json',
];

export interface Assembly {
  readonly directory: string;
  /** `false` when nothing had changed since an earlier synthesis. */
  readonly synthesized: boolean;
}

// An assembly that no start has used for a day belongs to sources that are gone.
const keepMs = 24 * 60 * 60 * 1000;

/**
 * The cloud assembly of one environment, synthesized by the app itself (`bin/app.ts`) unless one of the very same
 * sources is there. A failed synthesis throws what the app printed. Several processes may ask at once.
 */
export async function assemble(
  project: string,
  environment: string,
  { starting = untold, signal }: { readonly starting?: Starting; readonly signal?: AbortSignal } = {},
): Promise<Assembly> {
  const home = path.join(project, 'build', 'local');
  const directory = path.join(home, await hashOf(project, environment));
  if (existsSync(path.join(directory, 'manifest.json'))) {
    await utimes(directory, new Date(), new Date());
    return { directory, synthesized: false };
  }
  await mkdir(home, { recursive: true });
  const fresh = await mkdtemp(`${directory}.`);
  try {
    await synthesize(project, { environment, outdir: fresh, starting, ...(signal ? { signal } : {}) });
    await rename(fresh, directory);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another process was faster with the same sources.
    if (!existsSync(path.join(directory, 'manifest.json'))) throw error;
  }
  await forgetOld(home);
  return { directory, synthesized: true };
}

/** Removes the assemblies that no start has used for a day. Other starts may make and move theirs meanwhile. */
export async function forgetOld(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const folder = path.join(home, name);
    // One that is gone meanwhile is another start's own, renamed to its place.
    const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (found && Date.now() - found.mtimeMs > keepMs) await rm(folder, { recursive: true, force: true });
  }
}

interface Synthesis {
  readonly environment: string;
  readonly outdir: string;
  readonly starting: Starting;
  readonly signal?: AbortSignal;
}

async function synthesize(project: string, { environment, outdir, starting, signal }: Synthesis): Promise<void> {
  const { context } = JSON.parse(await readFile(path.join(project, 'cdk.json'), 'utf8')) as { context: object };
  const CDK_CONTEXT_JSON = JSON.stringify({
    ...context,
    environment,
    // What an account goes without to save money costs nothing here.
    standing: 'everything',
    // The command line tool sets these two; they tell which asset and which construct a resource is.
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    // The checks belong to `npm run synth` and the tests; they take longer than everything else here.
    validate: 'false',
  });
  let far = '';
  const onLine = (line: string) => {
    const [count] = /^\d+ of \d+(?= )/.exec(line) ?? [];
    if (count !== undefined) far = `: ${count}`;
  };
  const stopping = signal ? { signal } : {};
  await starting.during(
    () => `the functions are being bundled${far}`,
    run(project, 'bin/bundle.ts', {}, { onLine, ...stopping }),
  );
  await starting.during(
    () => 'the template is being synthesized',
    run(project, 'bin/app.ts', { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON }, stopping),
  );
}

/** How one of the project's scripts is run. */
export interface Run {
  /** After the script's name. */
  readonly flags?: readonly string[];
  /** Told of each line of its standard output. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Runs one of the project's scripts; throws with all it printed when it fails, and when it is told to stop. */
export async function run(
  project: string,
  script: string,
  variables: Readonly<Record<string, string>>,
  { flags = [], onLine, signal }: Run = {},
): Promise<void> {
  signal?.throwIfAborted();
  // What is made here is uploaded as it is by a deployment, whose functions run under another account.
  const app = spawn('/bin/sh', ['-c', 'umask 022; exec "$@"', 'sh', process.execPath, script, ...flags], {
    cwd: project,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = () => app.kill();
  signal?.addEventListener('abort', stop);
  const output: Buffer[] = [];
  app.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  app.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  if (onLine) createInterface({ input: app.stdout }).on('line', onLine);
  const status = await new Promise<number | null>((resolve, reject) =>
    app.once('error', reject).once('close', resolve),
  ).finally(() => signal?.removeEventListener('abort', stop));
  signal?.throwIfAborted();
  if (status !== 0) throw new Error(`${script} failed:\n${Buffer.concat(output).toString('utf8')}`);
}

async function hashOf(project: string, environment: string): Promise<string> {
  const hash = createHash('sha256').update(`${environment}\n${process.version}\n`);
  const files: string[] = [];
  for await (const entry of glob(sources, { cwd: project, withFileTypes: true })) {
    if (entry.isFile()) files.push(path.join(entry.parentPath, entry.name));
  }
  for (const file of files.sort()) hash.update(`${path.relative(project, file)}\n`).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}
