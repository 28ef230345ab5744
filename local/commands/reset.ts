import { rm } from 'node:fs/promises';
import { isStateFolder } from 'one-machine/guard/state-folder.ts';
import { readLock } from 'one-machine/lock.ts';
import { commandLine } from 'one-machine/terminal/command-line.ts';
import { settingsFromEnvironment } from '../settings.ts';
import { command } from './running.ts';

const usage = 'Usage: npm run reset\n\nEmpties what the stack keeps on this machine (MILLRACE_DIRECTORY).';

/** `npm run reset`: empties what the stack keeps on this machine. Refuses while it runs. */
await command(async () => {
  commandLine(usage, {});
  const { directory } = settingsFromEnvironment();
  const running = await readLock(directory);
  if (running) throw new Error(`Millrace is running (process ${running.pid}): stop it first.`);
  if (!(await isStateFolder(directory)))
    throw new Error(`MILLRACE_DIRECTORY holds other things than a stack’s, and nothing was removed: ${directory}`);
  await rm(directory, { recursive: true, force: true });
  return { emptied: directory };
});
