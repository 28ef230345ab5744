import { readFile } from 'node:fs/promises';
import { ask, command } from './running.ts';

/** `npm run invoke <function> <event.json>`: invokes a function of the running stack and waits for its answer. */
await command(async () => {
  const [name, file] = process.argv.slice(2);
  if (name === undefined || file === undefined) throw new Error('Usage: npm run invoke <workload/name> <event.json>');
  const answer = await ask('/invoke', { function: name, event: JSON.parse(await readFile(file, 'utf8')) as unknown });
  if (!(answer as { ok: boolean }).ok) process.exitCode = 1;
  return answer;
});
