import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startPostgres } from '../../src/services/postgres.ts';
import { openPool } from './pool.ts';

test('a server that stops under idle connections fails the next statement, and nothing else', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
  const postgres = await startPostgres({ directory });
  const pool = openPool(postgres.url('postgres', 'machine'));
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect(pool.idleCount).toBe(1);

  await postgres.stop();

  // The test listens for no error itself: an unhandled one would fail the run.
  await expect.poll(() => pool.totalCount).toBe(0);
  await expect(pool.query('select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await pool.end();
  await rm(directory, { recursive: true, force: true });
});
