import path from 'node:path';
import { openDatabase } from '../../lambdas/adapters/database.ts';
import { migrate } from '../../lambdas/platform/database/migrate.ts';
import { startPostgres } from '../../local/services/postgres.ts';
import { migrations } from '../../migrations/index.ts';
import { copyFolder } from './copy-folder.ts';

/**
 * A program of its own: makes, in the folder it is told, the cluster `fresh` as initdb makes it, with the database
 * millrace, and the cluster `migrated` with every migration in it.
 */
const [, , directory = ''] = process.argv;
const fresh = path.join(directory, 'fresh');
await (await startPostgres({ directory: fresh })).stop();
const migrated = path.join(directory, 'migrated');
await copyFolder(fresh, migrated);
const server = await startPostgres({ directory: migrated });
const database = openDatabase<unknown>({ url: server.url('postgres', 'millrace') });
await migrate(database.query, migrations);
await database.close();
await server.stop();
