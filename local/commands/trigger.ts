import { commandLine, UsageError } from './command-line.ts';
import { ask, command } from './running.ts';

const usage = 'Usage: npm run trigger <schedule or state machine> [input as JSON]';

/** `npm run trigger <schedule or state machine> [input]`: starts it now; the input is JSON. */
await command(async () => {
  const [name, input] = commandLine(usage, {}).positionals;
  if (name === undefined) throw new UsageError(usage);
  return ask('/trigger', { name, ...(input === undefined ? {} : { input: JSON.parse(input) as unknown }) });
});
