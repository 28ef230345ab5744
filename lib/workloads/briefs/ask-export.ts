import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { askExportEnv } from '../../../lambdas/briefs/contract.ts';
import { CapabilityBook } from '../../constructs/capability-book.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';

export interface AskExportProps {
  readonly database: Database;
  /** Of stages whose files are to be made. */
  readonly exports: Queue;
}

/** The step that tasks and commands ask for files anew. */
export class AskExport extends Construct {
  constructor(scope: Construct, id: string, { database, exports }: AskExportProps) {
    super(scope, id);
    const asking = new HandlerFunction(this, 'Handler', {
      handler: 'briefs/ask-export',
      contract: askExportEnv,
      env: { DATABASE_URL: database.url, EXPORTS_QUEUE_URL: exports.queueUrl },
      impact: 'Files of briefs can not be made anew by tasks; the API can.',
      concurrency: 2,
      database,
    });
    asking.allow(['sqs:SendMessage'], [exports.queueArn]);
    CapabilityBook.of(this).offer(asking);
  }
}
