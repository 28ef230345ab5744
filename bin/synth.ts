import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { commandLine, program, UsageError } from 'one-machine/terminal/command-line.ts';
import cdk from '../cdk.json' with { type: 'json' };
import { linkEqualFiles } from './link-equal-files.ts';
import { forgetUnfinished, replaceFolder, unfinishedFolder } from './replace-folder.ts';

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
  'packages/eventbridge-timetable/src/*',
  'cdk.json',
  'package-lock.json',
];

const usage = `Usage: npm run synth [-- environment ...] [--if-changed]

Writes an assembly of each environment, or of those named, to build/assembly/<environment>.`;

// The CDK CLI sets these two; they tell which construct and which asset a resource is.
const metadata = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };

/**
 * Bundles once and writes one assembly per environment to `build/assembly/<environment>`: those named, or all.
 * Findings of the validator and of cdk-nag fail it. `--if-changed` does nothing when no source changed since the last
 * success with the same arguments.
 */
async function main(): Promise<void> {
  const { values, positionals } = commandLine(usage, {
    options: { 'if-changed': { type: 'boolean', default: false } },
    words: { most: Number.POSITIVE_INFINITY },
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
  const unknown = names.find((name) => !environmentNames.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`No environment “${unknown}”; there are ${environmentNames.join(', ')}.\n${usage}`);
  await bundleHandlers({ console: true });
  for (const environment of names.length > 0 ? names : environmentNames) {
    await forgetUnfinished(`${output}/${environment}`);
    const outdir = unfinishedFolder(`${output}/${environment}`);
    try {
      const app = await makeApp({ context: { ...cdk.context, ...metadata, environment }, validate: true, outdir });
      app.synth();
      await linkEqualFiles(['build/handlers', outdir]);
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

await program(main);
