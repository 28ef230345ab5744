import { writeFileSync } from 'node:fs';
import { Assembly } from '../lib/inventory/assembly.ts';
import { inventory } from '../lib/inventory/inventory.ts';

// Writes docs/inventory.md from the assembly of prod; run `npm run synth` first.
writeFileSync('docs/inventory.md', inventory(new Assembly('build/assembly/prod'), 'prod'));
