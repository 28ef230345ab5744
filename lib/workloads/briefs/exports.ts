import { Duration } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { askExportEnv, exportStageEnv } from '../../../lambdas/briefs/contract.ts';
import { AlarmBook } from '../../constructs/alarm-book.ts';
import { CapabilityBook } from '../../constructs/capability-book.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { QueueHandler } from '../../constructs/queue-handler.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';
import type { PipelinesPlatform } from '../workload.ts';

export interface ExportsProps extends Pick<PipelinesPlatform, 'database' | 'raw' | 'mails'> {
  /** Signs the addresses in mails. */
  readonly links: Secret;
}

/** The files of stages: workbooks, word clouds and zip, and the mail about the brief that ends with them. */
export class Exports extends Construct {
  readonly stages: QueueHandler<typeof exportStageEnv>;

  constructor(scope: Construct, id: string, props: ExportsProps) {
    super(scope, id);
    this.stages = this.#makeStages(props);
    CapabilityBook.of(this).offer(this.#makeAsking(props));
    AlarmBook.of(this).add(this, {
      name: 'briefs-exports-wait-too-long',
      metric: this.stages.queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      // A stage whose worker died comes again after an hour: six times its time.
      threshold: Duration.hours(2).toSeconds(),
      impact: 'Briefs whose crawling is done wait for their files.',
      severity: 'medium',
    });
  }

  #makeStages({ database, raw, mails, links }: ExportsProps): QueueHandler<typeof exportStageEnv> {
    const { api, workloads } = environmentOf(this);
    const { keepDays, exportsAtOnce, stopWords } = workloads.briefs;
    const stages = new QueueHandler(this, 'Stages', {
      handler: 'briefs/export-stage',
      contract: exportStageEnv,
      env: {
        DATABASE_URL: database.url,
        RAW_BUCKET: raw.bucketName,
        MAIL_QUEUE_URL: mails.queueUrl,
        LINKS_SECRET: links.secretArn,
        API_URL: api.url ?? '',
        FILES_KEEP_DAYS: String(keepDays.files),
        STOP_WORDS: stopWords.join(' '),
      },
      impact: 'Briefs are crawled, but nobody gets their files.',
      maxConcurrency: exportsAtOnce,
      // Each takes a processor for seconds: none waits for another one's.
      batchSize: 1,
      // 50,000 articles take 20 s, and stages have no bound.
      timeout: Duration.minutes(10),
      // A whole processor (1,769 MB each).
      memory: 1769,
      database,
    });
    // A zip stands beside the folder of its files.
    allowObjects(stages.handler, raw, { write: ['briefs'] });
    stages.handler.allow(['sqs:SendMessage'], [mails.queueArn]);
    stages.handler.allow(['secretsmanager:GetSecretValue'], [links.secretArn]);
    return stages;
  }

  #makeAsking({ database }: ExportsProps): HandlerFunction {
    const { queue } = this.stages;
    const asking = new HandlerFunction(this, 'Ask', {
      handler: 'briefs/ask-export',
      contract: askExportEnv,
      env: { DATABASE_URL: database.url, EXPORTS_QUEUE_URL: queue.queueUrl },
      impact: 'Files can not be made anew by tasks.',
      concurrency: 2,
      database,
    });
    asking.allow(['sqs:SendMessage'], [queue.queueArn]);
    return asking;
  }
}
