import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { startPostgres } from 'one-machine/services/postgres.ts';
import { openDatabase } from '../../lambdas/adapters/database.ts';
import { migrate } from '../../lambdas/platform/database/migrate.ts';
import { migrations } from '../../migrations/index.ts';
import { copyFolder } from '../../packages/one-machine/test/support/copy-folder.ts';

/**
 * A program of its own: makes, in the folder it is told, the cluster `fresh` as initdb makes it, with the database
 * millrace, and the cluster `migrated` with every migration in it.
 */
const [, , directory = ''] = process.argv;
const fresh = path.join(directory, 'fresh');
await (await startPostgres({ name: 'millrace', directory: fresh })).stop();
// Tests kill processes and never the machine: what the kernel has is kept. Waits for the disk were a fifth of their time.
await appendFile(path.join(fresh, 'data', 'postgresql.conf'), '\nfsync = off\nfull_page_writes = off\n');
const migrated = path.join(directory, 'migrated');
await copyFolder(fresh, migrated);
const server = await startPostgres({ name: 'millrace', directory: migrated });
const database = openDatabase<unknown>({ url: server.url('postgres', 'millrace') });
await migrate(database.query, migrations);
await database.close();
await server.stop();
