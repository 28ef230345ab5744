import { execFile } from 'node:child_process';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { type Account, privateFolder } from './home.ts';

const run = promisify(execFile);

// TCP on this machine only, so nothing here needs a password.
const clientAccess = 'host all all 127.0.0.1/32 trust\n';

/** Runs initdb aside and renames, so that a folder named `data` is always a whole cluster. */
export async function createCluster(
  binaries: Binaries,
  place: { data: string; owner: Account | undefined },
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
      '--auth=trust',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      `--locale=${locale}`,
      '--lc-messages=C',
    ],
    { ...place.owner, cwd: '/', env: { PATH: process.env.PATH, TZ: 'UTC' } },
  );
  await writeFile(join(aside, 'pg_hba.conf'), clientAccess);
  await rename(aside, place.data);
}
