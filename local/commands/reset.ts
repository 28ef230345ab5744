import { rm } from 'node:fs/promises';
import { readLock } from '../lock.ts';
import { settingsFromEnvironment } from '../settings.ts';
import { commandLine } from './command-line.ts';
import { command } from './running.ts';

const usage = 'Usage: npm run reset\n\nEmpties what the stack keeps on this machine (MILLRACE_DIRECTORY).';

/** `npm run reset`: empties what the stack keeps on this machine. Refuses while it runs. */
await command(async () => {
  commandLine(usage, {});
  const { directory } = settingsFromEnvironment();
  const running = await readLock(directory);
  if (running) throw new Error(`Millrace is running (process ${running.pid}): stop it first.`);
  await rm(directory, { recursive: true, force: true });
  return { emptied: directory };
});
