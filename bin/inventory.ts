import { writeFileSync } from 'node:fs';
import { commandLine, program } from 'one-machine/terminal/command-line.ts';
import { Assembly } from '../lib/inventory/assembly.ts';
import { inventory } from '../lib/inventory/inventory.ts';
import { decisionIndex, decisions } from './decision-index.ts';

const usage = `Usage: npm run inventory

Writes docs/inventory.md from the assembly of prod, for which run npm run synth first, and the index of decisions.`;

await program(() => {
  commandLine(usage, {});
  writeFileSync('docs/inventory.md', inventory(new Assembly('build/assembly/prod'), 'prod'));
  writeFileSync('docs/decisions/README.md', decisionIndex(decisions()));
});
