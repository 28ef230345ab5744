import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import cdk from '../../cdk.json' with { type: 'json' };
import { type Environment, environmentNamed, readEnvironment } from '../../lib/environment.ts';
import { makeApp } from '../../lib/millrace.ts';

type Change = Omit<Partial<Environment>, 'workloads'> & { readonly workloads?: Partial<Environment['workloads']> };

/** Synthesizes the dev environment with what a test changes in it; resolves to the folder, which the test removes. */
export async function synthesized(change: (dev: Environment) => Change): Promise<string> {
  const dev = environmentNamed('dev');
  const { workloads = {}, ...rest } = change(dev);
  const environment = readEnvironment({ ...dev, ...rest, workloads: { ...dev.workloads, ...workloads } });
  const outdir = await mkdtemp(path.join(tmpdir(), 'millrace-assembly-'));
  // Without them nobody knows which construct a resource is.
  const context = { ...cdk.context, 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };
  const app = await makeApp({ context, environment, validate: false, outdir });
  app.synth();
  return outdir;
}
