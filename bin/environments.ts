import { environmentNames } from '../lib/environment.ts';

// Prints the names of all environments as JSON, for programs that may not load the infrastructure's code.
process.stdout.write(`${JSON.stringify(environmentNames)}\n`);
