import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from 'one-machine/services/postgres.ts';
import { type Database, openDatabase } from '../lambdas/adapters/database.ts';
import { migrate } from '../lambdas/platform/database/migrate.ts';
import { migrations } from '../migrations/index.ts';
import type { TestDatabase } from '../test/support/database.ts';

/**
 * A database on an embedded PostgreSQL of its own, migrated to the newest, that waits for the disk as that of `npm start` does:
 * the one of the tests doesn't, and is there only where Vitest runs.
 */
export async function startBenchDatabase<T>(): Promise<TestDatabase<T>> {
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
  // The account that PostgreSQL has where this runs as root must be let through.
  await chmod(directory, 0o755);
  const server = await startPostgres({ name: 'millrace', directory: path.join(directory, 'postgres') });
  const opened: Database<T>[] = [];
  const open = (role: string) => {
    const database = openDatabase<T>({ url: server.url(role, 'millrace') });
    opened.push(database);
    return database;
  };
  const migrating = openDatabase<unknown>({ url: server.url('postgres', 'millrace') });
  await migrate(migrating.query, migrations);
  await migrating.close();
  return {
    app: open('millrace_app'),
    admin: open('postgres'),
    another: () => open('millrace_app'),
    url: server.url('postgres', 'millrace'),
    async stop() {
      await Promise.all(opened.map((database) => database.close()));
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
