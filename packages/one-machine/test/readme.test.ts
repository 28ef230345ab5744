import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { withResourceTable } from '../build/resource-table.ts';

const readme = readFileSync(path.resolve(import.meta.dirname, '../README.md'), 'utf8');

test('the README tells each type and property as the code treats it', () => {
  expect(readme, 'run node build/resource-table.ts').toBe(withResourceTable(readme));
});
