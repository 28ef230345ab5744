import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Everything the synthesized template and its assets follow from. */
const sources = [
  'bin/**/*.ts',
  'lib/**/*.ts',
  'lambdas/**/*',
  'migrations/**/*.ts',
  'cdk.json',
  'package-lock.json',
  'package.json',
];

export interface Assembly {
  readonly directory: string;
  /** `false` when nothing had changed since the last synthesis. */
  readonly synthesized: boolean;
}

/**
 * The cloud assembly of one environment, synthesized by the app itself (`bin/app.ts`) when its sources have changed.
 * A failed synthesis leaves the last assembly alone and throws what the app printed.
 */
export async function assemble(project: string, environment: string, into: string): Promise<Assembly> {
  const directory = path.join(into, 'assembly');
  const stamp = path.join(into, 'assembly.sha256');
  const hash = await hashOf(project, environment);
  if (existsSync(path.join(directory, 'manifest.json')) && (await readIfThere(stamp)) === hash) {
    return { directory, synthesized: false };
  }
  const fresh = `${directory}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await synthesize(project, environment, fresh);
  await rm(stamp, { force: true });
  await rm(directory, { recursive: true, force: true });
  await rename(fresh, directory);
  await writeFile(stamp, hash);
  return { directory, synthesized: true };
}

async function synthesize(project: string, environment: string, outdir: string): Promise<void> {
  const { context } = JSON.parse(await readFile(path.join(project, 'cdk.json'), 'utf8')) as { context: object };
  const CDK_CONTEXT_JSON = JSON.stringify({
    ...context,
    environment,
    // The command line tool sets these two; they tell which asset and which construct a resource is.
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    // The checks belong to `npm run synth` and the tests; they take longer than everything else here.
    validate: 'false',
  });
  await run(project, 'bin/bundle.ts', {});
  await run(project, 'bin/app.ts', { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON });
}

/** Runs one of the project's scripts; throws with all it printed when it fails. */
export async function run(project: string, script: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const app = spawn(process.execPath, [script], {
    cwd: project,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  app.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  app.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const status = await new Promise<number | null>((resolve, reject) =>
    app.once('error', reject).once('close', resolve),
  );
  if (status !== 0) throw new Error(`${script} failed:\n${Buffer.concat(output).toString('utf8')}`);
}

async function hashOf(project: string, environment: string): Promise<string> {
  const hash = createHash('sha256').update(`${environment}\n${process.version}\n`);
  const files: string[] = [];
  for await (const entry of glob(sources, { cwd: project, withFileTypes: true })) {
    if (entry.isFile()) files.push(path.join(entry.parentPath, entry.name));
  }
  for (const file of files.sort()) hash.update(`${path.relative(project, file)}\n`).update(await readFile(file));
  return hash.digest('hex');
}

async function readIfThere(file: string): Promise<string | undefined> {
  return existsSync(file) ? readFile(file, 'utf8') : undefined;
}
