import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import cdk from '../cdk.json' with { type: 'json' };
import { replaceFolder } from './replace-folder.ts';

const output = 'build/assembly';
const fingerprintFile = `${output}/sources.sha256`;
const sources = [
  'bin/**/*.ts',
  'lib/**/*.ts',
  'lambdas/**/*',
  'docs-page/*',
  'packages/console/{build,public,src}/**/*',
  'packages/console/*.{ts,html,json}',
  'migrations/**/*.ts',
  'cdk.json',
  'package-lock.json',
];

// The CDK CLI sets these two; they tell which construct and which asset a resource is.
const metadata = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };

/**
 * Bundles once and writes one assembly per environment to `build/assembly/<environment>`: those named, or all.
 * Findings of the validator and of cdk-nag fail it. `--if-changed` does nothing when no source changed since the last
 * success with the same arguments.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { 'if-changed': { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const fingerprint = await fingerprintOf(sources, positionals);
  if (values['if-changed'] && fingerprint === (await readIfThere(fingerprintFile))) return;
  await mkdir(output, { recursive: true });
  await rm(fingerprintFile, { force: true });
  await synthesizeAll(positionals);
  await writeFile(fingerprintFile, fingerprint);
}

/** Loads the CDK only here: to find that nothing changed takes a tenth of a second without it. */
async function synthesizeAll(names: readonly string[]): Promise<void> {
  const [{ bundleHandlers }, { environmentNames }, { makeApp }] = await Promise.all([
    import('./bundle.ts'),
    import('../lib/environment.ts'),
    import('../lib/millrace.ts'),
  ]);
  await bundleHandlers({ console: true });
  for (const environment of names.length > 0 ? names : environmentNames) {
    const outdir = `${output}/${environment}.new-${process.pid}`;
    try {
      const app = await makeApp({ context: { ...cdk.context, ...metadata, environment }, validate: true, outdir });
      app.synth();
      await replaceFolder(outdir, `${output}/${environment}`);
    } finally {
      await rm(outdir, { recursive: true, force: true });
    }
    process.stdout.write(`${output}/${environment}\n`);
  }
}

async function fingerprintOf(patterns: readonly string[], names: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(names.join());
  const files = globSync([...patterns], { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(path.relative('.', file)).update(await readFile(file));
  return hash.digest('hex');
}

async function readIfThere(file: string): Promise<string | undefined> {
  return globSync(file).length > 0 ? readFile(file, 'utf8') : undefined;
}

await main();
