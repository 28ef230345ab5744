import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDatabase } from '../../lambdas/adapters/database.ts';
import { migrate } from '../../lambdas/platform/database/migrate.ts';
import { startPostgres } from '../../local/services/postgres.ts';
import { migrations } from '../../migrations/index.ts';

/** What some work took: of a busy machine the clock tells of the others. */
export interface Took {
  readonly clock: number;
  /** Of this process, all threads together. */
  readonly processor: number;
}

/** Seconds that some work takes. */
export async function measured(work: () => Promise<unknown>): Promise<Took> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { clock: (performance.now() - began) / 1000, processor: (user + system) / 1e6 };
}

/** A server of the benchmark's own with every migration in it. */
export async function benchDatabase() {
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
  const server = await startPostgres({ directory: path.join(directory, 'postgres') });
  const admin = openDatabase<unknown>({ url: server.url('postgres', 'millrace') });
  await migrate(admin.query, migrations);
  const app = openDatabase<unknown>({ url: server.url('millrace_app', 'millrace') });
  return {
    app,
    admin,
    async stop() {
      await app.close();
      await admin.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type BenchDatabase = Awaited<ReturnType<typeof benchDatabase>>;
