import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Environment } from '../environment.ts';
import { Assembly } from '../inventory/assembly.ts';
import { makeApp } from '../millrace.ts';

/** Synthesizes an environment's templates only to read them: unchecked, and without copies of the bundles. */
export async function templatesOf(context: Record<string, unknown>, environment: Environment): Promise<Assembly> {
  const outdir = await mkdtemp(path.join(tmpdir(), 'millrace-templates-'));
  try {
    const unstaged = { ...context, 'aws:cdk:disable-asset-staging': true, 'aws:cdk:enable-path-metadata': true };
    const app = await makeApp({ context: unstaged, environment, validate: false, outdir });
    app.synth();
    return new Assembly(outdir);
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}
