import { Duration } from 'aws-cdk-lib';
import { InvocationType, Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { migrateEnv } from '../../lambdas/platform/contract.ts';
import type { Database } from '../constructs/database.ts';
import { HandlerFunction } from '../constructs/handler-function.ts';

/** Migrates the database within the deployment: a migration that fails stops it before anything new runs. */
export class Migrations extends Construct {
  constructor(scope: Construct, id: string, database: Database) {
    super(scope, id);
    const migrate = new HandlerFunction(this, 'Migrate', {
      handler: 'platform/migrate',
      contract: migrateEnv,
      env: { DATABASE_URL: database.masterUrl, DATABASE_SECRET_ARN: database.masterSecretArn },
      impact: 'The deployment stops: the database is not what the new code expects.',
      severity: 'high',
      timeout: Duration.minutes(10),
      concurrency: 1,
      database,
    });
    database.grantMasterPassword(migrate.function);
    new Trigger(this, 'Trigger', {
      handler: migrate.function,
      executeAfter: [database.cluster],
      executeOnHandlerChange: true,
      invocationType: InvocationType.REQUEST_RESPONSE,
      timeout: Duration.minutes(10),
    });
  }
}
