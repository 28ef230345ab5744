import type { Construct } from 'constructs';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { OverviewDashboard } from '../workloads/overview-dashboard.ts';
import type { WorkloadInApp } from '../workloads/workload.ts';
import type { ApiStack } from './api.ts';
import type { DataStack } from './data.ts';

export interface OperationsStackProps {
  readonly data: DataStack;
  readonly api: ApiStack;
  readonly workloads: readonly WorkloadInApp[];
}

/** What people look at. Made last: it shows every alarm the other stacks have booked. */
export class OperationsStack extends MillraceStack {
  constructor(scope: Construct, environment: Environment, { data, api, workloads }: OperationsStackProps) {
    super(scope, 'Operations', environment);
    new OverviewDashboard(this, 'Overview', { cluster: data.database.cluster, api: api.api.api, mails: data.mails });
    for (const workload of workloads) workload.operations(this);
  }
}
