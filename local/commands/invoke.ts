import { readFile } from 'node:fs/promises';
import { commandLine } from 'one-machine/terminal/command-line.ts';
import { ask, command, jsonOf } from './running.ts';

const usage = 'Usage: npm run invoke <workload/name> <event.json, or the JSON itself>';

/**
 * `npm run invoke <function> <event>`: invokes a function of the running stack and waits for its answer. The event is
 * JSON, or the name of a file that holds it.
 */
await command(async () => {
  const [name = '', event = ''] = commandLine(usage, { words: { least: 2, most: 2 } }).positionals;
  const text = event.trimStart().startsWith('{') ? event : await readFile(event, 'utf8');
  const answer = await ask('/invoke', { function: name, event: jsonOf(text, 'The event') });
  if (!(answer as { ok: boolean }).ok) process.exitCode = 1;
  return answer;
});
