import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { placeElsewhere } from './elsewhere.ts';

/** The account PostgreSQL runs under when we are root, which it refuses to be. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

// `nobody` on Linux (initdb wants an account that /etc/passwd knows); it owns nothing else.
const nobody: Account = { uid: 65534, gid: 65534 };

/** `undefined` for an ordinary user: PostgreSQL then runs as the user itself. */
export function unprivileged(): Account | undefined {
  return process.getuid?.() === 0 ? nobody : undefined;
}

/**
 * Where the data may live: the folder itself, which the account is let through, or, when we are root and the account
 * can't enter what is above it (a project below /root), a folder of the app's in /var/lib.
 */
export async function reachableHome(directory: string, owner: Account | undefined, app: string): Promise<string> {
  const asked = resolve(directory);
  if (!owner || (await canReach(asked, owner))) return asked;
  if (await canReach(dirname(asked), owner)) {
    // Only the way through: what is inside has modes of its own.
    await chmod(asked, (await stat(asked)).mode | 0o001);
    if (await canReach(asked, owner)) return asked;
  }
  const place = await placeElsewhere(asked, join('/var/lib', app));
  if (await canReach(place, owner)) return place;
  throw new Error(
    `PostgreSQL refuses to run as root, and the account ${owner.uid} can enter neither ${asked} nor ${place}. ` +
      'Run as an ordinary user, move the project, or set DATABASE_URL to a server of your own.',
  );
}

/** Whether the account can enter the folder; asked of the system itself, as permissions have more sources than modes. */
export function canReach(directory: string, account: Account): Promise<boolean> {
  return new Promise((done, fail) => {
    const child = spawn('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { ...account, cwd: '/', stdio: 'ignore' });
    child.once('error', fail);
    child.once('exit', (code) => done(code === 0));
  });
}

/** Makes an empty folder that only the account may enter, as PostgreSQL demands of its data. */
export async function privateFolder(path: string, owner: Account | undefined): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { mode: 0o700 });
  if (owner) await chown(path, owner.uid, owner.gid);
}
