import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
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
];

/** Copies the sources; the first start there bundles and synthesizes from nothing. */
export async function copyCheckout(): Promise<CopiedCheckout> {
  const home = await mkdtemp(path.join(tmpdir(), 'millrace-checkout-'));
  const directory = path.join(home, 'checkout');
  await mkdir(directory);
  for (const part of parts) await cp(path.join(project, part), path.join(directory, part), { recursive: true });
  await symlink(path.join(project, 'node_modules'), path.join(directory, 'node_modules'));
  return { directory, forget: () => rm(home, { recursive: true, force: true }) };
}
