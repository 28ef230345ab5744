import { writeFileSync } from 'node:fs';
import { Assembly } from '../lib/inventory/assembly.ts';
import { inventory } from '../lib/inventory/inventory.ts';
import { decisionIndex, decisions } from './decision-index.ts';

// Writes docs/inventory.md from the assembly of prod, for which run `npm run synth` first, and the index of decisions.
writeFileSync('docs/inventory.md', inventory(new Assembly('build/assembly/prod'), 'prod'));
writeFileSync('docs/decisions/README.md', decisionIndex(decisions()));
