import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { callbacksPrefix, tasksApiEnv, tasksRoutes } from '../../../lambdas/tasks/contract.ts';
import type { Callers } from '../../constructs/api/callers.ts';
import { apiTimeout, type HttpApi } from '../../constructs/api/http-api.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';
import type { TaskQueues } from './task-queues.ts';

export interface TasksApiProps {
  readonly api: HttpApi;
  readonly database: Database;
  readonly raw: Bucket;
  readonly callers: Callers;
  readonly queues: TaskQueues;
}

/** Routes of the tasks, and what no other route takes below /api/v1. */
export class TasksApi extends Construct {
  constructor(scope: Construct, id: string, { api, database, raw, callers, queues }: TasksApiProps) {
    super(scope, id);
    const handler = new HandlerFunction(this, 'Api', {
      handler: 'tasks/api',
      contract: tasksApiEnv,
      env: {
        ...queues.variables,
        DATABASE_URL: database.url,
        RAW_BUCKET: raw.bucketName,
        ...callers.env,
      },
      impact: 'Nobody can submit tasks or ask for their results.',
      severity: 'high',
      timeout: apiTimeout,
      memory: 1024,
      concurrency: environmentOf(this).workloads.tasks.requests,
      database,
    });
    callers.allow(handler);
    queues.allowSending(handler);
    // A link to a result is worth what its maker may read.
    allowObjects(handler, raw, { read: ['tasks/results'], write: [callbacksPrefix] });
    api.route(tasksRoutes, handler);
  }
}
