import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

/** A stack is already running on this folder. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
}

/** What a running stack leaves in its folder for commands and for a second start. */
export interface LockContent {
  readonly pid: number;
  /** The console's address; '' while the stack is still starting. */
  readonly url: string;
}

/** Holds the folder for this process. A lock whose process is gone (SIGKILL, power cut) is taken over. */
export async function lockDirectory(
  directory: string,
): Promise<{ announce(url: string): Promise<void>; release(): Promise<void> }> {
  await mkdir(directory, { recursive: true });
  const file = lockFile(directory);
  const holder = await readLock(directory);
  if (holder) {
    throw new AlreadyRunningError(
      `A stack is already running on ${directory} (process ${holder.pid}${holder.url ? `, ${holder.url}` : ''}). Stop it with Ctrl-C in its terminal first.`,
    );
  }
  await rm(file, { force: true });
  // 'wx' fails when another start was faster.
  const handle = await open(file, 'wx');
  const write = async (content: LockContent) => {
    const text = JSON.stringify(content);
    await handle.truncate(0);
    await handle.write(text, 0);
  };
  await write({ pid: process.pid, url: '' });
  return {
    announce: (url) => write({ pid: process.pid, url }),
    async release() {
      await handle.close();
      await rm(file, { force: true });
    },
  };
}

/** The stack that runs on the folder, or `undefined`. */
export async function readLock(directory: string): Promise<LockContent | undefined> {
  let content: LockContent;
  try {
    content = JSON.parse(await readFile(lockFile(directory), 'utf8')) as LockContent;
  } catch {
    // No file, or one that was being written when the power went.
    return undefined;
  }
  return isAlive(content.pid) ? content : undefined;
}

function lockFile(directory: string): string {
  return path.join(directory, 'running.json');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
