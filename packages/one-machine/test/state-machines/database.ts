import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { startPostgres } from '../../src/services/postgres.ts';
import { copyCluster } from '../support/clusters.ts';
import { openPool } from '../support/pool.ts';

/** A PostgreSQL server of its own for one test file. */
export interface TestDatabase {
  readonly pool: pg.Pool;
  readonly url: string;
  /** Forgets all executions. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function openDatabase(): Promise<TestDatabase> {
  const home = await mkdtemp(join(tmpdir(), 'state-machines-'));
  await chmod(home, 0o755);
  const directory = join(home, 'postgres');
  await copyCluster('fresh', directory);
  const postgres = await startPostgres({ directory });
  const url = postgres.url('postgres', 'machine');
  const pool = openPool(url, { max: 4 });
  return {
    pool,
    url,
    async reset() {
      await pool.query('drop schema if exists local cascade');
    },
    async close() {
      await pool.end();
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
