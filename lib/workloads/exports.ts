import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { exportTablesEnv, restoreTablesEnv, schedules } from '../../lambdas/platform/contract.ts';
import type { Database } from '../constructs/database.ts';
import { HandlerFunction } from '../constructs/handler-function.ts';
import { ScheduledFlow } from '../constructs/scheduled-flow.ts';
import { allowObjects } from '../permissions/bucket-access.ts';

export interface ExportsProps {
  readonly database: Database;
  readonly raw: Bucket;
}

const prefix = 'platform/exports';
// One table after the other, each in parts: the longest a function may take is years of ledger.
const timeout = Duration.minutes(15);
// Two parts of an upload and two row groups at a time.
const memory = 1024;

/** What people edited, as files: written every day by a schedule, brought back by a person's command. */
export class Exports extends Construct {
  constructor(scope: Construct, id: string, { database, raw }: ExportsProps) {
    super(scope, id);
    const env = { DATABASE_URL: database.url, RAW_BUCKET: raw.bucketName };
    const task = schedules['export-tables'];
    const start = new HandlerFunction(this, 'Export', {
      handler: 'platform/export-tables',
      contract: exportTablesEnv,
      env,
      impact: task.impact,
      timeout,
      memory,
      concurrency: 1,
      asynchronous: true,
      database,
    });
    const restore = new HandlerFunction(this, 'Restore', {
      handler: 'platform/restore-tables',
      contract: restoreTablesEnv,
      env,
      impact: 'Rows that a person wants back from an export are not back; nothing was changed.',
      severity: 'high',
      timeout,
      memory,
      concurrency: 1,
      database,
    });
    allowObjects(start, raw, { read: [prefix], write: [prefix] });
    allowObjects(restore, raw, { read: [prefix] });
    new ScheduledFlow(this, 'Daily', { task, start, enabled: true });
    new CfnOutput(this, 'RestoreFunction', {
      value: restore.function.functionName,
      description: 'What docs/how-to/restore-edited-tables.md invokes',
    });
  }
}
