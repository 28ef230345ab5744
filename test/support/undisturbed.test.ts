import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** What test files that share a process may rely on. */

const sources = globSync('test/**/*.ts').map((file) => ({ file, text: readFileSync(file, 'utf8') }));

function importersOf(wanted: string): string[] {
  return sources
    .filter(({ file, text }) =>
      [...text.matchAll(/from '(\.[^']+)'/g)].some(([, name = '']) => path.join(path.dirname(file), name) === wanted),
    )
    .map(({ file }) => file);
}

/** The test files that read a file, by however many others. */
function testsReading(file: string, seen = new Set<string>()): string[] {
  return importersOf(file).flatMap((importer) => {
    if (seen.has(importer)) return [];
    seen.add(importer);
    return importer.endsWith('.test.ts') ? [importer] : testsReading(importer, seen);
  });
}

test('what several test files read registers nothing when it is read: a shared process reads it once', () => {
  const registering = sources.filter(
    ({ file, text }) => !file.endsWith('.test.ts') && /^(before|after)(Each|All)\(|^(describe|test|it)\b/m.test(text),
  );

  // The suites of callers, and the setup file that is read for each file anew.
  expect(registering.length).toBeGreaterThan(5);
  expect(registering.map(({ file }) => file).filter((file) => testsReading(file).length > 1)).toEqual([]);
});
