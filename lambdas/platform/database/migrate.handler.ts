import { openDatabase } from '#adapters/database.ts';
import { readEnv } from '#kit/env.ts';
import { instrumented } from '#kit/invocation.ts';
import { logger } from '#kit/telemetry.ts';
import { migrations } from '../../../migrations/index.ts';
import { migrateEnv } from '../contract.ts';
import { migrate } from './migrate.ts';

/** Runs after the database is made or changed (CDK Trigger); a failure stops the deployment. */
export const handler = instrumented(async () => {
  const env = readEnv(migrateEnv);
  const database = openDatabase<unknown>({ url: env.DATABASE_URL, secretArn: env.DATABASE_SECRET_ARN });
  try {
    const outcome = await migrate(database.query, migrations);
    logger().info('The database is at the newest migration', { ...outcome });
    return outcome;
  } finally {
    await database.close();
  }
});
