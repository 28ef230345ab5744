import { writeFileSync } from 'node:fs';
import { commandLine, program } from 'one-machine/terminal/command-line.ts';
import { documentText } from './openapi/text.ts';

const usage = `Usage: npm run openapi

Writes docs/openapi.json, from which clients are generated and changes of the API are reviewed.`;

await program(() => {
  commandLine(usage, {});
  writeFileSync('docs/openapi.json', documentText());
});
