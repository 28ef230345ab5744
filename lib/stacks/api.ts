import type { Construct } from 'constructs';
import { docsEnv, docsRoutes, healthEnv, healthRoutes } from '../../lambdas/platform/contract.ts';
import { HandlerFunction } from '../constructs/handler-function.ts';
import { apiTimeout, HttpApi } from '../constructs/http-api.ts';
import type { KafkaCluster } from '../constructs/kafka/cluster.ts';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { Callers } from '../workloads/callers.ts';
import { Dependencies } from '../workloads/dependencies.ts';
import { FailuresApi } from '../workloads/ledger/failures-api.ts';
import { PresaleApi } from '../workloads/presale/presale-api.ts';
import { RunsApi } from '../workloads/runs/runs-api.ts';
import { TaggerApi } from '../workloads/tagger/tagger-api.ts';
import { FilesApi } from '../workloads/tasks/files-api.ts';
import { TasksApi } from '../workloads/tasks/tasks-api.ts';
import type { DataStack } from './data.ts';
import type { LedgerStack } from './ledger.ts';
import type { PipelinesStack } from './pipelines.ts';

export interface ApiStackProps {
  readonly data: DataStack;
  readonly pipelines: PipelinesStack;
  readonly ledger: LedgerStack;
  /** Where the environment has brokers. */
  readonly cluster: KafkaCluster | undefined;
}

/** One HTTP API for all workloads. */
export class ApiStack extends MillraceStack {
  readonly api: HttpApi;

  constructor(scope: Construct, environment: Environment, { data, pipelines, ledger, cluster }: ApiStackProps) {
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
    if (pipelines.presale) {
      const { stateMachine } = pipelines.presale;
      const { backfills } = ledger.slots;
      new PresaleApi(this, 'Presale', { api: this.api, database, callers, stateMachine, raw, backfills });
    }
    if (cluster && pipelines.tagger) new TaggerApi(this, 'Tagger', { api: this.api, database, raw, callers, cluster });
    if (pipelines.tasks)
      new TasksApi(this, 'Tasks', { api: this.api, database, raw, callers, queues: pipelines.tasks.queues });
    new FilesApi(this, 'Files', {
      api: this.api,
      database,
      callers,
      files: data.files,
      verification: pipelines.files,
    });
    new FailuresApi(this, 'Failures', { api: this.api, database, callers, replays: ledger.replays });
    new RunsApi(this, 'Runs', { api: this.api, database, callers, slots: ledger.slots });
    new Dependencies(this, 'Dependencies', { api: this.api, database, raw, users, callers, cluster });
  }
}
