import type { Construct } from 'constructs';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { OverviewDashboard } from '../workloads/overview-dashboard.ts';
import { PresaleDashboard } from '../workloads/presale/presale-dashboard.ts';
import { TaggerDashboard } from '../workloads/tagger/tagger-dashboard.ts';
import { TasksDashboard } from '../workloads/tasks/tasks-dashboard.ts';
import type { ApiStack } from './api.ts';
import type { DataStack } from './data.ts';
import type { PipelinesStack } from './pipelines.ts';

/** What people look at. Made last: it shows every alarm the other stacks have booked. */
export class OperationsStack extends MillraceStack {
  constructor(scope: Construct, environment: Environment, data: DataStack, pipelines: PipelinesStack, api: ApiStack) {
    super(scope, 'Operations', environment);
    new OverviewDashboard(this, 'Overview', { cluster: data.database.cluster, api: api.api.api, mails: data.mails });
    if (pipelines.presale) new PresaleDashboard(this, 'Presale', pipelines.presale);
    if (pipelines.tagger) new TaggerDashboard(this, 'Tagger', pipelines.tagger);
    if (pipelines.tasks) new TasksDashboard(this, 'Tasks', pipelines.tasks);
  }
}
