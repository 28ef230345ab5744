import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

/** The result of a migration run. */
export interface MigrationOutcome {
  /** Names of the migrations that ran now, in order. */
  readonly applied: readonly string[];
}

/**
 * Brings the database to the newest migration. Kysely holds an advisory lock meanwhile, so two runs are one; a run
 * commits whole or leaves nothing. Throws the first failure.
 */
export async function migrate(
  database: Kysely<unknown>,
  migrations: Record<string, Migration>,
): Promise<MigrationOutcome> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return { applied: results.map(({ migrationName }) => migrationName) };
}
