import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { project } from './stack-process.ts';

/** A copy of what a start needs of the checkout, to be changed and thrown away; its packages are this one's. */
export interface CopiedCheckout {
  readonly directory: string;
  forget(): Promise<void>;
}

const parts = [
  'bin',
  'docs-page',
  'lib',
  'lambdas',
  'local',
  'migrations',
  'cdk.json',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
  'packages',
];

/**
 * Copies the sources. A start there takes the assembly that this checkout has of the same sources, and bundles only what
 * is changed; an assembly of changed sources is made there.
 */
export async function copyCheckout(): Promise<CopiedCheckout> {
  const home = await mkdtemp(path.join(tmpdir(), 'millrace-checkout-'));
  const directory = path.join(home, 'checkout');
  await mkdir(directory);
  for (const part of parts)
    await cp(path.join(project, part), path.join(directory, part), { recursive: true, filter: isSource });
  await symlink(path.join(project, 'node_modules'), path.join(directory, 'node_modules'));
  const made = path.join(directory, 'build', 'local');
  await mkdir(made, { recursive: true });
  for (const assembly of await readdir(path.join(project, 'build', 'local')))
    await symlink(path.join(project, 'build', 'local', assembly), path.join(made, assembly));
  // What is bundled there takes the link's place, and leaves these as they are.
  await symlink(path.join(project, 'build', 'handlers'), path.join(directory, 'build', 'handlers'));
  await symlink(path.join(project, 'build', 'console'), path.join(directory, 'build', 'console'));
  // A stack that was killed has left a bundler behind, which writes until its own end.
  return { directory, forget: () => rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 }) };
}

function isSource(file: string): boolean {
  return path.basename(file) !== 'node_modules';
}
