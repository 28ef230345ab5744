import type { Construct } from 'constructs';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { Exports } from '../workloads/exports.ts';
import type { PipelinesPlatform, WorkloadInApp } from '../workloads/workload.ts';

/**
 * The work itself: functions, state machines, schedules. Holds no data: it can be deleted and made again. Workloads with
 * a stack of their own are made in their place of the order, for later ones may ask steps of them.
 */
export class PipelinesStack extends MillraceStack {
  constructor(
    scope: Construct,
    environment: Environment,
    { workloads, ...platform }: PipelinesPlatform & { readonly workloads: readonly WorkloadInApp[] },
  ) {
    super(scope, 'Pipelines', environment);
    new Exports(this, 'Exports', platform);
    for (const workload of workloads) {
      const { ownStack } = workload;
      workload.pipelines(ownStack === undefined ? this : new MillraceStack(scope, ownStack, environment), platform);
    }
  }
}
