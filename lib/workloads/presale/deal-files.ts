import { Duration } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { countyLetters, dealColumns, dealsFolder, writeDealsEnv } from '../../../lambdas/presale/contract.ts';
import type { Database } from '../../constructs/database.ts';
import type { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { QueueHandler } from '../../constructs/queue-handler.ts';
import type { Analytics } from '../../constructs/tables/analytics.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';

const glueTypes = {
  text: 'string',
  integer: 'int',
  bigint: 'bigint',
  double: 'double',
  day: 'date',
  instant: 'timestamp',
} as const;

/** Deals by county, as Athena reads them. */
export function addDealsTable(analytics: Analytics): void {
  analytics.table('Deals', {
    name: 'deals',
    prefix: dealsFolder,
    columns: Object.fromEntries(dealColumns.map(({ name, type }) => [name, glueTypes[type]])),
    partitions: { letter: { values: countyLetters } },
  });
}

/** Deals as Parquet: what changes deals asks for the counties' files, which are written anew from the database. */
export class DealFiles extends Construct {
  readonly #files: QueueHandler<typeof writeDealsEnv>;

  constructor(scope: Construct, id: string, { database, raw }: { readonly database: Database; readonly raw: Bucket }) {
    super(scope, id);
    this.#files = new QueueHandler(this, 'Write', {
      handler: 'presale/write-deals',
      contract: writeDealsEnv,
      env: { DATABASE_URL: database.url, RAW_BUCKET: raw.bucketName },
      impact: 'Deals are in the database alone: what is asked of their files is of the publication before.',
      severity: 'low',
      fifo: true,
      delay: this.#delay,
      batchSize: 1,
      // A county of a million deals.
      timeout: Duration.minutes(5),
      memory: 1024,
      database,
    });
    allowObjects(this.#files.handler, raw, { write: [dealsFolder] });
  }

  get #delay(): Duration {
    return Duration.seconds(environmentOf(this).workloads.presale.filesDelaySeconds);
  }

  /** The queue, for who is granted to send by a list of queues. */
  get queue() {
    return this.#files.queue;
  }

  /** Variables of a function that asks for files. */
  get env() {
    return { DEALS_QUEUE_URL: this.queue.queueUrl, DEALS_DELAY_MS: String(this.#delay.toMilliseconds()) };
  }

  allowAsking(handler: HandlerFunction): void {
    handler.allow(['sqs:SendMessage'], [this.queue.queueArn]);
  }
}
