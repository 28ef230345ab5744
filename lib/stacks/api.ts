import type { Construct } from 'constructs';
import { docsEnv, docsRoutes, healthEnv, healthRoutes } from '../../lambdas/platform/contract.ts';
import { Callers } from '../constructs/api/callers.ts';
import { apiTimeout, HttpApi } from '../constructs/api/http-api.ts';
import { HandlerFunction } from '../constructs/handler-function.ts';
import type { KafkaCluster } from '../constructs/kafka/cluster.ts';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { Dependencies } from '../workloads/dependencies.ts';
import { FailuresApi } from '../workloads/ledger/failures-api.ts';
import { RunsApi } from '../workloads/runs/runs-api.ts';
import type { WorkloadInApp } from '../workloads/workload.ts';
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
    const health = new HandlerFunction(this, 'Health', {
      handler: 'platform/health',
      contract: healthEnv,
      env: {},
      impact: 'Nobody outside can tell whether the API lives.',
      timeout: apiTimeout,
      memory: 256,
      concurrency: 2,
    });
    this.api.route(healthRoutes, health);
    const docs = new HandlerFunction(this, 'Docs', {
      handler: 'platform/docs',
      contract: docsEnv,
      env: {},
      impact: 'Nobody can read the documentation, and unknown routes are answered without words.',
      severity: 'low',
      timeout: apiTimeout,
      memory: 256,
      // A browser asks for the files of the page over six connections at once; two people may open it in one moment.
      concurrency: 12,
    });
    this.api.route(docsRoutes, docs);
    this.api.fallback(docs);
    const { database, raw, users } = data;
    const callers = new Callers(this, 'Callers', { users, database });
    const { backfills } = ledger.slots;
    for (const workload of workloads)
      workload.api(this, { ...data.platform, api: this.api, callers, backfills, cluster });
    new FailuresApi(this, 'Failures', { api: this.api, database, callers, replays: ledger.replays });
    new RunsApi(this, 'Runs', { api: this.api, database, callers, slots: ledger.slots });
    new Dependencies(this, 'Dependencies', { api: this.api, database, raw, users, callers, cluster });
  }
}
