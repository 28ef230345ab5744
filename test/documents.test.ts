import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { assemblies } from './lib/assemblies.ts';

const documents = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md']).map((file) => ({
  file,
  text: readFileSync(file, 'utf8'),
}));

/** GitHub's anchors: lower case, words joined by dashes, other signs dropped. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

const links = documents.flatMap(({ file, text }) =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target))
    .map((target) => ({ file, target })),
);

test('every link between documents leads to a file and a heading in it', () => {
  expect(links.length).toBeGreaterThan(20);
  for (const { file, target } of links) {
    const [name = '', anchor] = target.split('#');
    const found = name === '' ? file : path.join(path.dirname(file), name);
    expect(existsSync(found), `${file}: ${target}`).toBe(true);
    if (anchor !== undefined)
      expect(anchorsOf(readFileSync(found, 'utf8')), `${file}: ${target}`).toContain(decodeURIComponent(anchor));
  }
});

test('the five walks of the architecture lead through files that are there', () => {
  const [, section = ''] = readFileSync('docs/architecture.md', 'utf8').split('\n## Five walks\n');
  const [text = ''] = section.split('\n## ');
  const walks = text.split('\n### ').slice(1);

  expect(walks).toHaveLength(5);
  for (const walk of walks) {
    const files = [...walk.matchAll(/`((?:lib|lambdas|local|packages)\/[^`]+)`/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(8);
    for (const file of files) expect(existsSync(file), file).toBe(true);
  }
});

test('every script that the documents name is one of package.json', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = documents.flatMap(({ text }) => [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name));

  expect(named.length).toBeGreaterThan(5);
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});

test('how to deploy names the concurrency that an account needs', () => {
  const sums = assemblies.map((assembly) => ({
    name: path.basename(assembly.folder),
    sum: assembly.functions.reduce((all, { properties }) => all + Number(properties.ReservedConcurrentExecutions), 0),
  }));
  const [dev, staging, prod] = ['dev', 'staging', 'prod'].map(
    (name) => sums.find((one) => one.name === name)?.sum ?? 0,
  );
  // Lambda keeps a hundred for functions that reserve none.
  const quotas = [dev, prod, sums.reduce((all, { sum }) => all + sum, 0)].map((sum = 0) => sum + 100);
  const text = readFileSync('docs/how-to/deploy.md', 'utf8').replaceAll(/\s+/g, ' ');

  expect(text).toContain(`**${dev} for dev, ${staging} for staging and ${prod} for prod**`);
  expect(text).toContain(`a quota of ${quotas[0]} for dev alone, ${quotas[1]} for prod, ${quotas[2]} for all three`);
});
