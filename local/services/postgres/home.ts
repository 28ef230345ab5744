import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The account PostgreSQL runs under when we are root, which it refuses to be. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

// `nobody` on Linux (initdb wants an account that /etc/passwd knows); it owns nothing else.
const nobody: Account = { uid: 65534, gid: 65534 };

const elsewhere = '/var/lib/millrace';

/** `undefined` for an ordinary user: PostgreSQL then runs as the user itself. */
export function unprivileged(): Account | undefined {
  return process.getuid?.() === 0 ? nobody : undefined;
}

/**
 * Where the data may live: the folder itself, or, when we are root and the account can't enter it (a project below
 * /root), a folder of its own in /var/lib/millrace that `<directory>/elsewhere` links to.
 */
export async function reachableHome(directory: string, owner: Account | undefined): Promise<string> {
  const asked = resolve(directory);
  if (!owner || (await canReach(asked, owner))) return asked;

  const name = createHash('sha256').update(asked).digest('hex').slice(0, 12);
  const place = join(elsewhere, `postgres-${name}`);
  const link = join(asked, 'elsewhere');
  const target = await readlink(link).catch(() => undefined);
  if (target !== undefined && target !== place) {
    throw new Error(
      `${link} leads to ${target}, the database of a project in another folder. Move the project to where the ` +
        `account ${owner.uid} can enter, or remove the link to start with an empty database.`,
    );
  }
  // Without the link the project's state was reset: what lies there belongs to nobody any more.
  if (target === undefined) await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  // Whatever the umask is: both must be enterable.
  for (const folder of [elsewhere, place]) await chmod(folder, 0o755);
  if (!(await canReach(place, owner))) {
    throw new Error(
      `PostgreSQL refuses to run as root, and the account ${owner.uid} can enter neither ${asked} nor ${place}. ` +
        'Run as an ordinary user, move the project, or set DATABASE_URL to a server of your own.',
    );
  }
  if (target === undefined) await symlink(place, link);
  return place;
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
