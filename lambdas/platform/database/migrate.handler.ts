import { openDatabase } from '#adapters/database.ts';
import { secretField } from '#adapters/secrets.ts';
import { readEnv } from '#kit/env.ts';
import { instrumented } from '#kit/invocation.ts';
import { logger } from '#kit/telemetry.ts';
import { migrations } from '../../../migrations/index.ts';
import { migrateEnv } from '../contract.ts';
import { migrate } from './migrate.ts';

/** Runs after the database is made or changed (CDK Trigger); a failure stops the deployment. */
export const handler = instrumented(async () => {
  const env = readEnv(migrateEnv);
  const { DATABASE_URL: url, DATABASE_SECRET_ARN: secret } = env;
  // The master user's name is part of the secret; a cluster's is fixed when it is made.
  const password = secret === undefined ? undefined : () => secretField(secret, 'password');
  const database = openDatabase<unknown>({ url, password });
  try {
    const outcome = await migrate(database.query, migrations);
    logger().info('The database is at the newest migration', { ...outcome });
    return outcome;
  } finally {
    await database.close();
  }
});
