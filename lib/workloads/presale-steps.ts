import { Duration } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import * as contract from '../../lambdas/presale/contract.ts';
import { allowObjects } from '../constructs/bucket-access.ts';
import type { Database } from '../constructs/database.ts';
import { HandlerFunction } from '../constructs/handler-function.ts';
import { environmentOf } from '../constructs/millrace-stack.ts';

export interface PresaleStepsProps {
  readonly database: Database;
  readonly raw: Bucket;
}

// A publication and a backfill may run at once.
const runsAtOnce = 2;

const late = 'The newest pre-sale deals are missing until the run is started again.';

/** The functions the flow calls, each with what it may touch. */
export class PresaleSteps extends Construct {
  readonly planRun: HandlerFunction;
  readonly checkPublication: HandlerFunction;
  readonly fetchCounty: HandlerFunction;
  readonly loadCounty: HandlerFunction;
  readonly checkRun: HandlerFunction;
  readonly refreshStatistics: HandlerFunction;
  readonly writeReport: HandlerFunction;
  readonly closeRun: HandlerFunction;

  constructor(scope: Construct, id: string, { database, raw }: PresaleStepsProps) {
    super(scope, id);
    const settings = environmentOf(this).workloads.presale;
    const counties = settings.parallelCounties * runsAtOnce;
    const DATABASE_URL = database.url;
    const RAW_BUCKET = raw.bucketName;
    const PRESALE_SITE_URL = settings.siteUrl;

    this.planRun = new HandlerFunction(this, 'PlanRun', {
      handler: 'presale/plan-run',
      contract: contract.planRunEnv,
      env: {
        DATABASE_URL,
        PRESALE_RETRY_SECONDS: String(settings.retrySeconds),
        PRESALE_MAX_ATTEMPTS: String(settings.maxAttempts),
        PRESALE_COUNTIES: settings.counties.join(','),
      },
      impact: late,
      timeout: Duration.minutes(1),
      concurrency: runsAtOnce,
      database,
    });
    this.checkPublication = new HandlerFunction(this, 'CheckPublication', {
      handler: 'presale/check-publication',
      contract: contract.checkPublicationEnv,
      env: { PRESALE_SITE_URL },
      impact: 'Nobody knows whether the newest publication is out; the run asks again in an hour.',
      severity: 'low',
      timeout: Duration.minutes(2),
      concurrency: runsAtOnce,
    });
    this.fetchCounty = new HandlerFunction(this, 'FetchCounty', {
      handler: 'presale/fetch-county',
      contract: contract.fetchCountyEnv,
      env: { PRESALE_SITE_URL, RAW_BUCKET },
      impact: 'One county’s newest deals are missing; the run tries it again in an hour.',
      severity: 'low',
      // A slow site may take minutes for one file.
      timeout: Duration.minutes(10),
      memory: 1024,
      concurrency: counties,
    });
    this.loadCounty = new HandlerFunction(this, 'LoadCounty', {
      handler: 'presale/load-county',
      contract: contract.loadCountyEnv,
      env: { DATABASE_URL, RAW_BUCKET },
      impact: 'One county’s newest deals are safe in the bucket but not in the table; the run tries again in an hour.',
      timeout: Duration.minutes(10),
      memory: 1024,
      concurrency: counties,
      database,
    });
    this.checkRun = new HandlerFunction(this, 'CheckRun', {
      handler: 'presale/check-run',
      contract: contract.checkRunEnv,
      env: { DATABASE_URL, RAW_BUCKET },
      impact: 'Loaded deals are not verified, and the report is missing.',
      timeout: Duration.minutes(2),
      concurrency: runsAtOnce,
      database,
    });
    this.refreshStatistics = new HandlerFunction(this, 'RefreshStatistics', {
      handler: 'presale/refresh-statistics',
      contract: contract.refreshStatisticsEnv,
      env: { DATABASE_URL },
      impact: 'The statistics are those of the publication before.',
      timeout: Duration.minutes(5),
      concurrency: runsAtOnce,
      database,
    });
    this.writeReport = new HandlerFunction(this, 'WriteReport', {
      handler: 'presale/write-report',
      contract: contract.writeReportEnv,
      env: { DATABASE_URL, RAW_BUCKET },
      impact: 'The deals are loaded, but nobody was told.',
      timeout: Duration.minutes(1),
      concurrency: runsAtOnce,
      database,
    });
    this.closeRun = new HandlerFunction(this, 'CloseRun', {
      handler: 'presale/close-run',
      contract: contract.closeRunEnv,
      env: { DATABASE_URL },
      impact: 'A run gave up, and its row still says that it runs.',
      severity: 'high',
      timeout: Duration.minutes(1),
      concurrency: runsAtOnce,
      database,
    });

    allowObjects(this.fetchCounty, raw, { read: ['presale/raw'], write: ['presale/raw'] });
    allowObjects(this.loadCounty, raw, { read: ['presale/raw'], write: ['presale/problems'] });
    allowObjects(this.checkRun, raw, { read: ['presale/raw'] });
    allowObjects(this.writeReport, raw, { read: ['presale/raw', 'presale/problems'] });
  }
}
