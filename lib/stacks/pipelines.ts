import type { Construct } from 'constructs';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { Exports } from '../workloads/exports.ts';
import type { PipelinesPlatform, WorkloadInApp } from '../workloads/workload.ts';

/** The work itself: functions, state machines, schedules. Holds no data: it can be deleted and made again. */
export class PipelinesStack extends MillraceStack {
  constructor(
    scope: Construct,
    environment: Environment,
    { workloads, ...platform }: PipelinesPlatform & { readonly workloads: readonly WorkloadInApp[] },
  ) {
    super(scope, 'Pipelines', environment);
    new Exports(this, 'Exports', platform);
    for (const workload of workloads) workload.pipelines(this, platform);
  }
}

/** The work of one workload that would not fit among the others, under the same terms. */
export class WorkloadStack extends MillraceStack {
  constructor(
    scope: Construct,
    environment: Environment,
    { name, workload, ...platform }: PipelinesPlatform & { readonly name: string; readonly workload: WorkloadInApp },
  ) {
    super(scope, name, environment);
    workload.pipelines(this, platform);
  }
}
