import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { assemble } from '../local/assembly.ts';

const run = (...program: string[]) => promisify(execFile)(process.execPath, program);

/**
 * What all tests begin with is made once, before the first: every environment synthesized (`build/assembly/<environment>`),
 * the assembly that stacks start from, both only if a source changed since, and database clusters to copy.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const clusters = await mkdtemp(path.join(tmpdir(), 'millrace-clusters-'));
  // Where the tests run as root, PostgreSQL has an account of its own, which must be let through.
  await chmod(clusters, 0o755);
  const assemblies = async () => {
    await run('bin/synth.ts', '--if-changed');
    await assemble(path.resolve(import.meta.dirname, '..'), 'dev');
  };
  await Promise.all([run('test/support/make-clusters.ts', clusters), assemblies()]);
  project.provide('clusters', clusters);
  // A server whose process has just ended may still be writing there.
  return () => rm(clusters, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
}
