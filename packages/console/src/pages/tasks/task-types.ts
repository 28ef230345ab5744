import type { paths } from '../../api/schema.gen';

export type Task = paths['/api/v1/tasks/list']['get']['responses'][200]['content']['application/json']['data'][number];
export type TaskFunction =
  paths['/api/v1/task_funcs/list']['get']['responses'][200]['content']['application/json']['data'][number];
export type TaskResult =
  paths['/api/v1/task/{task_id}/result']['get']['responses'][200]['content']['application/json']['data'];

/** Nothing more becomes of a task in one of these. */
export const endedStates: readonly string[] = ['SUCCESS', 'FAILURE', 'REVOKED'];

export const taskStates = ['PENDING', 'STARTED', 'RETRY', 'SUCCESS', 'FAILURE', 'REVOKED'] as const;
