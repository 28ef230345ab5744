import { execFile, spawn } from 'node:child_process';
import { chown, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { type Account, privateFolder } from './home.ts';

const run = promisify(execFile);

// Other users of this machine reach the port as well, and a superuser runs programs (COPY ... TO PROGRAM).
const clientAccess = 'local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n';

interface Place {
  readonly data: string;
  readonly owner: Account | undefined;
}

/** Runs initdb aside and renames, so that a folder named `data` is always a whole cluster. */
export async function createCluster(
  binaries: Binaries,
  place: Place & { readonly superuserPassword: string },
): Promise<void> {
  const aside = `${place.data}.new`;
  await privateFolder(aside, place.owner);
  // The built-in C.UTF-8 sorts by code point on every machine; macOS has no libc locale of that name.
  const locale = process.platform === 'darwin' ? 'C' : 'C.UTF-8';
  await run(
    binaries.initdb,
    [
      `--pgdata=${aside}`,
      '--username=postgres',
      // Until the file below says who is let in, no user is.
      '--auth=reject',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      `--locale=${locale}`,
      '--lc-messages=C',
    ],
    { ...place.owner, cwd: '/', env: { PATH: process.env.PATH, TZ: 'UTC' } },
  );
  await setSuperuserPassword(binaries, { ...place, data: aside }, place.superuserPassword);
  await writeAccess(aside, place.owner);
  await rename(aside, place.data);
}

/** Whether the cluster asks for passwords; one of an earlier version trusted all clients on the loopback address. */
export async function asksForPasswords(data: string): Promise<boolean> {
  return (await readFile(join(data, 'pg_hba.conf'), 'utf8')) === clientAccess;
}

/** Has a cluster whose server does not run ask for passwords, from its next start on. */
export async function askForPasswords(binaries: Binaries, place: Place, superuserPassword: string): Promise<void> {
  await setSuperuserPassword(binaries, place, superuserPassword);
  await writeAccess(place.data, place.owner);
}

/** Aside and renamed, so that a kill leaves no file that lets half of them in. */
async function writeAccess(data: string, owner: Account | undefined): Promise<void> {
  const file = join(data, 'pg_hba.conf');
  await writeFile(`${file}.new`, clientAccess, { mode: 0o600 });
  if (owner) await chown(`${file}.new`, owner.uid, owner.gid);
  await rename(`${file}.new`, file);
}

/** PostgreSQL's own way in for the owner of the folder: a server of one user, without a port. */
async function setSuperuserPassword(binaries: Binaries, { data, owner }: Place, password: string): Promise<void> {
  const server = spawn(binaries.postgres, ['--single', '-D', data, 'postgres'], {
    ...owner,
    cwd: '/',
    env: { PATH: process.env.PATH, TZ: 'UTC' },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => server.once('error', reject).once('close', resolve));
  const said = text(server.stderr);
  // A line is a statement here. The password is ours: it has no quote.
  server.stdin.end(`alter role postgres password '${password}'\n`);
  const status = await ended;
  const errors = await said;
  if (status !== 0 || /ERROR|FATAL/.test(errors))
    throw new Error(`PostgreSQL did not take the password of its superuser in ${data}: ${errors.slice(-1000)}`);
}
