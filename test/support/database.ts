import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../lambdas/adapters/database.ts';
import { startPostgres } from '../../local/services/postgres.ts';
import { copyCluster } from './clusters.ts';

/** A real server of a test file's own, migrated to the newest. */
export interface TestDatabase<T> {
  /** As the functions see it: role millrace_app, one connection. */
  readonly app: Database<T>;
  /** As the superuser. */
  readonly admin: Database<T>;
  /** One more pool of the functions' kind, for what happens at once. Closed with the rest. */
  another(): Database<T>;
  /** The superuser's address. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts an embedded PostgreSQL in a temporary folder, on a copy of the cluster that every migration ran in. */
export async function startTestDatabase<T>(): Promise<TestDatabase<T>> {
  const home = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  await chmod(home, 0o755);
  const directory = join(home, 'postgres');
  await copyCluster('migrated', directory);
  const server = await startPostgres({ directory });
  const opened: Database<T>[] = [];
  const open = (role: string) => {
    const database = openDatabase<T>({ url: server.url(role, 'millrace') });
    opened.push(database);
    return database;
  };
  const admin = open('postgres');
  return {
    app: open('millrace_app'),
    admin,
    another: () => open('millrace_app'),
    url: server.url('postgres', 'millrace'),
    async stop() {
      // A pool that is open when its server stops fails the process.
      await Promise.all(opened.map((database) => database.close()));
      await server.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
