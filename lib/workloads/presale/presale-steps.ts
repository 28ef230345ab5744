import { Duration } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { noteWaitEnv } from '../../../lambdas/platform/contract.ts';
import * as contract from '../../../lambdas/presale/contract.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';
import type { DealFiles } from './deal-files.ts';

export interface PresaleStepsProps {
  readonly database: Database;
  readonly raw: Bucket;
  /** Wakes the mailer. */
  readonly wakes: Queue;
  readonly files: DealFiles;
}

// A publication and a backfill may run at once.
const runsAtOnce = 2;

/** The functions the flow calls, each with what it may touch. */
export class PresaleSteps extends Construct {
  readonly planRun: HandlerFunction;
  readonly checkPublication: HandlerFunction;
  readonly fetchCounty: HandlerFunction;
  readonly loadCounty: HandlerFunction;
  readonly checkRun: HandlerFunction;
  readonly noteWait: HandlerFunction;
  readonly refreshStatistics: HandlerFunction;
  readonly writeReport: HandlerFunction;
  readonly closeRun: HandlerFunction;

  constructor(scope: Construct, id: string, props: PresaleStepsProps) {
    super(scope, id);
    this.planRun = this.#planRun(props);
    this.checkPublication = this.#checkPublication();
    this.fetchCounty = this.#fetchCounty(props);
    this.loadCounty = this.#loadCounty(props);
    this.checkRun = this.#checkRun(props);
    this.noteWait = this.#noteWait(props);
    this.refreshStatistics = this.#refreshStatistics(props);
    this.writeReport = this.#writeReport(props);
    this.closeRun = this.#closeRun(props);
  }

  get handlers(): readonly HandlerFunction[] {
    return this.node.children.filter((child) => child instanceof HandlerFunction);
  }

  get #settings() {
    return environmentOf(this).workloads.presale;
  }

  get #countiesAtOnce() {
    return this.#settings.parallelCounties * runsAtOnce;
  }

  #planRun({ database }: PresaleStepsProps): HandlerFunction {
    const { retrySeconds, maxAttempts, counties } = this.#settings;
    return new HandlerFunction(this, 'PlanRun', {
      handler: 'presale/plan-run',
      contract: contract.planRunEnv,
      env: {
        DATABASE_URL: database.url,
        PRESALE_RETRY_SECONDS: String(retrySeconds),
        PRESALE_MAX_ATTEMPTS: String(maxAttempts),
        PRESALE_COUNTIES: counties.join(','),
      },
      impact: 'The newest pre-sale deals are missing until the run is started again.',
      timeout: Duration.minutes(1),
      concurrency: runsAtOnce,
      database,
    });
  }

  #checkPublication(): HandlerFunction {
    return new HandlerFunction(this, 'CheckPublication', {
      handler: 'presale/check-publication',
      contract: contract.checkPublicationEnv,
      env: { PRESALE_SITE_URL: this.#settings.siteUrl },
      site: {
        name: 'presale-site',
        variable: 'PRESALE_SITE_URL',
        url: this.#settings.siteUrl,
        path: '/DownloadHistory_ajax_list',
        without: 'Runs wait for it, and ask again each hour.',
      },
      impact: 'Nobody knows whether the newest publication is out; the run asks again in an hour.',
      severity: 'low',
      timeout: Duration.minutes(2),
      concurrency: runsAtOnce,
    });
  }

  #fetchCounty({ raw }: PresaleStepsProps): HandlerFunction {
    const handler = new HandlerFunction(this, 'FetchCounty', {
      handler: 'presale/fetch-county',
      contract: contract.fetchCountyEnv,
      env: {
        PRESALE_SITE_URL: this.#settings.siteUrl,
        RAW_BUCKET: raw.bucketName,
        // Six tries outlast a site that fails five times in a row; with their pauses they end within the timeout.
        PRESALE_FETCH_SECONDS: '90',
        PRESALE_FETCH_ATTEMPTS: '6',
      },
      impact: 'One county’s newest deals are missing; the run tries it again in an hour.',
      severity: 'low',
      // A slow site takes minutes for one file.
      timeout: Duration.minutes(10),
      memory: 1024,
      concurrency: this.#countiesAtOnce,
    });
    allowObjects(handler, raw, { read: ['presale/raw'], write: ['presale/raw'] });
    return handler;
  }

  #loadCounty({ database, raw }: PresaleStepsProps): HandlerFunction {
    const handler = new HandlerFunction(this, 'LoadCounty', {
      handler: 'presale/load-county',
      contract: contract.loadCountyEnv,
      env: { DATABASE_URL: database.url, RAW_BUCKET: raw.bucketName },
      impact: 'One county’s newest deals are safe in the bucket but not in the table; the run tries again in an hour.',
      timeout: Duration.minutes(10),
      memory: 1024,
      concurrency: this.#countiesAtOnce,
      database,
    });
    allowObjects(handler, raw, { read: ['presale/raw'], write: ['presale/problems'] });
    return handler;
  }

  #checkRun({ database, raw, wakes }: PresaleStepsProps): HandlerFunction {
    const handler = new HandlerFunction(this, 'CheckRun', {
      handler: 'presale/check-run',
      contract: contract.checkRunEnv,
      env: { DATABASE_URL: database.url, RAW_BUCKET: raw.bucketName, ALERTS_QUEUE_URL: wakes.queueUrl },
      impact: 'Loaded deals are not verified, and the report is missing.',
      timeout: Duration.minutes(2),
      concurrency: runsAtOnce,
      database,
    });
    allowObjects(handler, raw, { read: ['presale/raw'] });
    handler.allow(['sqs:SendMessage'], [wakes.queueArn]);
    return handler;
  }

  #noteWait({ database }: PresaleStepsProps): HandlerFunction {
    return new HandlerFunction(this, 'NoteWait', {
      handler: 'platform/note-wait',
      contract: noteWaitEnv,
      env: { DATABASE_URL: database.url },
      impact: 'Lists of runs don’t say what a waiting run waits for; it waits and goes on all the same.',
      severity: 'low',
      timeout: Duration.seconds(30),
      concurrency: runsAtOnce,
      database,
    });
  }

  #refreshStatistics({ database, files }: PresaleStepsProps): HandlerFunction {
    const handler = new HandlerFunction(this, 'RefreshStatistics', {
      handler: 'presale/refresh-statistics',
      contract: contract.refreshStatisticsEnv,
      env: { DATABASE_URL: database.url, ...files.env },
      impact: 'The statistics are those of the publication before.',
      timeout: Duration.minutes(5),
      concurrency: runsAtOnce,
      database,
    });
    files.allowAsking(handler);
    return handler;
  }

  #writeReport({ database, raw, wakes }: PresaleStepsProps): HandlerFunction {
    const handler = new HandlerFunction(this, 'WriteReport', {
      handler: 'presale/write-report',
      contract: contract.writeReportEnv,
      env: {
        DATABASE_URL: database.url,
        RAW_BUCKET: raw.bucketName,
        ALERTS_QUEUE_URL: wakes.queueUrl,
        ALERT_API_URL: environmentOf(this).api.url ?? '',
      },
      impact: 'The deals are loaded, but nobody was told.',
      timeout: Duration.minutes(1),
      concurrency: runsAtOnce,
      database,
    });
    handler.allow(['sqs:SendMessage'], [wakes.queueArn]);
    return handler;
  }

  #closeRun({ database }: PresaleStepsProps): HandlerFunction {
    return new HandlerFunction(this, 'CloseRun', {
      handler: 'presale/close-run',
      contract: contract.closeRunEnv,
      env: { DATABASE_URL: database.url },
      impact: 'A run gave up, and its row still says that it runs.',
      severity: 'high',
      timeout: Duration.minutes(1),
      concurrency: runsAtOnce,
      database,
    });
  }
}
