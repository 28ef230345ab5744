import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { stopLeftover } from './leftover.ts';

/**
 * A folder for the data of a folder that can't hold it, which links to it: `<asked>/elsewhere`. The link is the
 * owner: where it is gone, the state was reset, and what lies elsewhere goes as well.
 */
export async function placeElsewhere(asked: string, elsewhere: string): Promise<string> {
  const place = placeOf(asked, elsewhere);
  const link = linkOf(asked);
  const target = await readLink(link);
  if (target !== undefined && target !== place) {
    throw new Error(
      `${link} leads to ${target}, the database of a project in another folder. Move the project back, or to where ` +
        'everybody may enter, or remove the link to start with an empty database.',
    );
  }
  await removeAbandoned(elsewhere);
  if (target === undefined) {
    await removePlace(place);
    await symlink(place, link);
  }
  await mkdir(place, { recursive: true });
  // Whatever the umask is: both must be enterable.
  for (const folder of [elsewhere, place]) await chmod(folder, 0o755);
  await writeFile(join(place, 'origin'), asked);
  return place;
}

/** Tests in temp folders go without a reset. Only those: another folder may be on a disk that is not mounted now. */
async function removeAbandoned(elsewhere: string): Promise<void> {
  for (const name of await readdir(elsewhere).catch(() => [])) {
    const place = join(elsewhere, name);
    const origin = await readFile(join(place, 'origin'), 'utf8').catch(() => undefined);
    const temporary = origin?.startsWith(tmpdir() + sep);
    if (origin && temporary && (await readLink(linkOf(origin))) === undefined) await removePlace(place);
  }
}

async function removePlace(place: string): Promise<void> {
  await stopLeftover(join(place, 'data'));
  await rm(place, { recursive: true, force: true });
}

function placeOf(asked: string, elsewhere: string): string {
  return join(elsewhere, `postgres-${createHash('sha256').update(asked).digest('hex').slice(0, 12)}`);
}

function linkOf(asked: string): string {
  return join(asked, 'elsewhere');
}

function readLink(path: string): Promise<string | undefined> {
  return readlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
