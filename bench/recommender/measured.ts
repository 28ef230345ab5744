import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type QueryExecutorProvider, sql } from 'kysely';
import { startPostgres } from 'one-machine/services/postgres.ts';
import { openDatabase } from '../../lambdas/adapters/database.ts';
import { migrate } from '../../lambdas/platform/database/migrate.ts';
import { migrations } from '../../migrations/index.ts';

/** What some work took: of a busy machine the clock tells of the others. */
export interface Took {
  readonly clock: number;
  /** Of this process, all threads together. */
  readonly processor: number;
}

/** Processor seconds that the server's processes of now have taken so far; none where the system doesn't tell. */
async function serverProcessor({ query }: { readonly query: QueryExecutorProvider }): Promise<number | undefined> {
  const { rows } = await sql<{ pid: number }>`SELECT pid FROM pg_stat_activity`.execute(query);
  try {
    return rows.reduce((sum, { pid }) => sum + ticksOf(readFileSync(`/proc/${pid}/stat`, 'utf8')) / ticksPerSecond, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

// Linux's USER_HZ, on every machine that Node.js runs on.
const ticksPerSecond = 100;

/** Of a line of /proc/{pid}/stat: the 14th and 15th word, counted behind the program's name, which may hold spaces. */
function ticksOf(line: string): number {
  const words = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return Number(words[11]) + Number(words[12]);
}

/** The same with what the database took for it. */
export async function measuredWith(database: BenchDatabase, work: () => Promise<unknown>) {
  const before = await serverProcessor(database.admin);
  const took = await measured(work);
  const after = await serverProcessor(database.admin);
  return { ...took, server: before === undefined || after === undefined ? undefined : after - before };
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
  const server = await startPostgres({ name: 'millrace', directory: path.join(directory, 'postgres') });
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
