import type { Construct } from 'constructs';
import {
  consoleEnv,
  consoleFolder,
  consoleRoutes,
  docsEnv,
  docsRoutes,
  healthEnv,
  healthRoutes,
} from '../../lambdas/platform/contract.ts';
import { ApiHandler, type ApiHandlerPlatform } from '../constructs/api/api-handler.ts';
import { Callers } from '../constructs/api/callers.ts';
import { HttpApi } from '../constructs/api/http-api.ts';
import type { KafkaCluster } from '../constructs/kafka/cluster.ts';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { Dependencies } from '../workloads/dependencies.ts';
import { FailuresApi } from '../workloads/ledger/failures-api.ts';
import { QueryApi } from '../workloads/query-api.ts';
import { RunsApi } from '../workloads/runs/runs-api.ts';
import { TopicsApi } from '../workloads/topics-api.ts';
import { UsersApi } from '../workloads/users-api.ts';
import type { ApiPlatform, WorkloadInApp } from '../workloads/workload.ts';
import type { DataStack } from './data.ts';
import type { LedgerStack } from './ledger.ts';

export interface ApiStackProps {
  readonly data: DataStack;
  readonly ledger: LedgerStack;
  /** Where the environment has brokers. */
  readonly cluster: KafkaCluster | undefined;
  readonly workloads: readonly WorkloadInApp[];
}

/** One HTTP API for all workloads. */
export class ApiStack extends MillraceStack {
  readonly api: HttpApi;

  constructor(scope: Construct, environment: Environment, { data, ledger, cluster, workloads }: ApiStackProps) {
    super(scope, 'Api', environment);
    this.api = new HttpApi(this, 'Http');
    const { database, raw, users } = data;
    const callers = new Callers(this, 'Callers', { users, database });
    const platform: ApiHandlerPlatform = { ...data.platform, api: this.api, callers };
    new ApiHandler(this, 'Health', {
      platform,
      handler: 'platform/health',
      contract: healthEnv,
      routes: healthRoutes,
      env: {},
      impact: 'Nobody outside can tell whether the API lives.',
      memory: 256,
      concurrency: 2,
    });
    const console = this.#pages(platform);
    const uploads: ApiPlatform['uploads'] = ({ bucketName }) =>
      console.function.addEnvironment('UPLOADS_BUCKET', bucketName);
    const all: ApiPlatform = { ...data.platform, ...platform, backfills: ledger.slots.backfills, cluster, uploads };
    for (const workload of workloads) workload.api(this, all);
    new FailuresApi(this, 'Failures', { platform: all, replays: ledger.replays });
    new RunsApi(this, 'Runs', { platform: all, slots: ledger.slots, workloads: workloads.map(({ name }) => name) });
    new UsersApi(this, 'Users', { platform: all, users });
    if (cluster) new TopicsApi(this, 'Topics', { platform: all, cluster });
    new QueryApi(this, 'Query', { platform: all, analytics: data.analytics });
    new Dependencies(this, 'Dependencies', { platform: all, raw, users, cluster });
  }

  /** What browsers open; the console is told later where files are uploaded to. */
  #pages(platform: ApiHandlerPlatform): ApiHandler {
    const docs = new ApiHandler(this, 'Docs', {
      platform,
      handler: 'platform/docs',
      contract: docsEnv,
      routes: docsRoutes,
      env: {},
      impact: 'Nobody can read the documentation, and unknown routes are answered without words.',
      severity: 'low',
      memory: 256,
      // A browser asks for the files of the page over six connections at once; two people may open it in one moment.
      concurrency: 12,
    });
    this.api.fallback(docs);
    return new ApiHandler(this, 'Console', {
      platform,
      handler: 'platform/console',
      contract: consoleEnv,
      routes: consoleRoutes,
      env: { CONSOLE_FILES: consoleFolder, UPLOADS_BUCKET: '' },
      impact: 'Nobody can open the console; the API answers all the same.',
      severity: 'low',
      memory: 256,
      // As for the documentation: six connections of each of two browsers.
      concurrency: 12,
    });
  }
}
