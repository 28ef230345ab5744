import type { Construct } from 'constructs';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import { Exports } from '../workloads/exports.ts';
import type { PipelinesPlatform, WorkloadInApp } from '../workloads/workload.ts';

/** What all workloads' work shares. Holds no data: it can be deleted and made again. */
class PipelinesStack extends MillraceStack {
  constructor(scope: Construct, environment: Environment, platform: PipelinesPlatform) {
    super(scope, 'Pipelines', environment);
    new Exports(this, 'Exports', platform);
  }
}

/**
 * The work itself: a stack of functions, queues, state machines and schedules for each workload, since CloudFormation takes
 * 500 resources in one. Holds no data. A workload that has none in this environment has no stack: CloudFormation takes
 * no empty one.
 */
export function addPipelines(
  scope: Construct,
  environment: Environment,
  { workloads, ...platform }: PipelinesPlatform & { readonly workloads: readonly WorkloadInApp[] },
): void {
  new PipelinesStack(scope, environment, platform);
  for (const workload of workloads) {
    const stack = new MillraceStack(scope, `Pipelines-${workload.name}`, environment);
    workload.pipelines(stack, platform);
    if (stack.node.children.length === 0) scope.node.tryRemoveChild(stack.node.id);
  }
}
