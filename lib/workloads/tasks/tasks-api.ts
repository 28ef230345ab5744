import { Construct } from 'constructs';
import { callbacksPrefix, noRoom, tasksApiEnv, tasksRoutes } from '../../../lambdas/tasks/contract.ts';
import { ApiHandler } from '../../constructs/api/api-handler.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import type { ApiPlatform } from '../workload.ts';
import type { TaskQueues } from './task-queues.ts';

export interface TasksApiProps {
  readonly platform: ApiPlatform;
  readonly queues: TaskQueues;
}

/** Routes of the tasks, and what no other route takes below /api/v1. */
export class TasksApi extends Construct {
  constructor(scope: Construct, id: string, { platform, queues }: TasksApiProps) {
    super(scope, id);
    const { raw } = platform;
    const handler = new ApiHandler(this, 'Api', {
      platform,
      noRoom,
      handler: 'tasks/api',
      contract: tasksApiEnv,
      routes: tasksRoutes,
      env: {
        ...queues.variables,
        RAW_BUCKET: raw.bucketName,
        PAGE_ALLOWED: environmentOf(this).workloads.tasks.callbacksAllowed.join(),
      },
      impact: 'Nobody can submit tasks or ask for their results.',
      severity: 'high',
      memory: 1024,
      concurrency: environmentOf(this).workloads.tasks.requests,
      // A link to a result is worth what its maker may read.
      objects: { bucket: raw, read: ['tasks/results'], write: [callbacksPrefix] },
    });
    queues.allowSending(handler);
  }
}
