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
import { ApiHandler } from '../constructs/api/api-handler.ts';
import { Callers } from '../constructs/api/callers.ts';
import { HttpApi } from '../constructs/api/http-api.ts';
import type { KafkaCluster } from '../constructs/kafka/cluster.ts';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { Dependencies } from '../workloads/dependencies.ts';
import { FailuresApi } from '../workloads/ledger/failures-api.ts';
import { RunsApi } from '../workloads/runs/runs-api.ts';
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
    const platform: ApiPlatform = {
      ...data.platform,
      api: this.api,
      callers,
      backfills: ledger.slots.backfills,
      cluster,
    };
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
    this.#pages(platform);
    for (const workload of workloads) workload.api(this, platform);
    new FailuresApi(this, 'Failures', { platform, replays: ledger.replays });
    new RunsApi(this, 'Runs', { platform, slots: ledger.slots, workloads: workloads.map(({ name }) => name) });
    new UsersApi(this, 'Users', { platform, users });
    new Dependencies(this, 'Dependencies', { platform, raw, users, cluster });
  }

  /** What browsers open. */
  #pages(platform: ApiPlatform): void {
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
    new ApiHandler(this, 'Console', {
      platform,
      handler: 'platform/console',
      contract: consoleEnv,
      routes: consoleRoutes,
      env: { CONSOLE_FILES: consoleFolder },
      impact: 'Nobody can open the console; the API answers all the same.',
      severity: 'low',
      memory: 256,
      // As for the documentation: six connections of each of two browsers.
      concurrency: 12,
    });
  }
}
