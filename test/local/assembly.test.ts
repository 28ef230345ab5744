import { mkdir, mkdtemp, readdir, rm, symlink, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forgetOld } from '../../local/assembly.ts';

test('what no start has used for a day goes; what another start has just moved away is nobody’s fault', async () => {
  const home = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
  for (const name of ['fresh', 'old']) await mkdir(join(home, name));
  await utimes(join(home, 'old'), yesterday, yesterday);
  // Listed, and gone when it is looked at: as a folder that is renamed between the two.
  await symlink(join(home, 'renamed'), join(home, 'moved'));

  await forgetOld(home);

  expect((await readdir(home)).sort()).toEqual(['fresh', 'moved']);
  await rm(home, { recursive: true });
});
