import { ask, command } from './running.ts';

/** `npm run trigger <schedule or state machine> [input]`: starts it now; the input is JSON. */
await command(async () => {
  const [name, input] = process.argv.slice(2);
  if (name === undefined) throw new Error('Usage: npm run trigger <schedule or state machine> [input as JSON]');
  return ask('/trigger', { name, ...(input === undefined ? {} : { input: JSON.parse(input) as unknown }) });
});
