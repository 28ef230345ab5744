import { commandLine } from 'one-machine/terminal/command-line.ts';
import { ask, command, jsonOf } from './running.ts';

const usage = 'Usage: npm run trigger <schedule or state machine> [input as JSON]';

/** `npm run trigger <schedule or state machine> [input]`: starts it now; the input is JSON. */
await command(async () => {
  const [name = '', input] = commandLine(usage, { words: { least: 1, most: 2 } }).positionals;
  return ask('/trigger', { name, ...(input === undefined ? {} : { input: jsonOf(input, 'The input') }) });
});
