import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inventory } from '../../lib/inventory/inventory.ts';
import { prod } from './assemblies.ts';

test('docs/inventory.md is what is deployed; npm run synth and npm run inventory bring it up to date', () => {
  expect(readFileSync('docs/inventory.md', 'utf8')).toBe(inventory(prod, 'prod'));
});
