import { Duration } from 'aws-cdk-lib';
import { workload } from '../workload.ts';
import { FileBucket } from './file-bucket.ts';
import { Files } from './files.ts';
import { FilesApi } from './files-api.ts';
import { Tasks } from './tasks.ts';
import { TasksApi } from './tasks-api.ts';
import { TasksDashboard } from './tasks-dashboard.ts';

/** Registered functions as asynchronous jobs, and files of callers. */
export const tasks = workload({
  name: 'tasks',
  // Callers have files without tasks, too.
  present: () => true,
  // Large results of tasks, and what their callers are told, go with their rows: after that they can't be asked for.
  lifecycle: ({ workloads }) =>
    ['tasks/results/', 'tasks/callbacks/'].map((prefix) => ({
      prefix,
      expiration: Duration.days(workloads.tasks.keepDays),
      noncurrentVersionExpiration: Duration.days(1),
    })),
  data: (stack, platform) => new FileBucket(stack, 'Files', platform).bucket,
  pipelines: (stack, platform, { data }) => {
    const props = { ...platform, files: data };
    const verification = new Files(stack, 'Files', props);
    const { enabled } = stack.settings.workloads.tasks;
    return { verification, tasks: enabled ? new Tasks(stack, 'Tasks', props) : undefined };
  },
  api: (stack, platform, { data, pipelines }) => {
    if (pipelines.tasks) new TasksApi(stack, 'Tasks', { platform, queues: pipelines.tasks.queues });
    platform.uploads(data);
    new FilesApi(stack, 'Files', { platform, files: data, verification: pipelines.verification });
  },
  operations: (stack, { pipelines }) => {
    if (pipelines.tasks) new TasksDashboard(stack, 'Tasks', pipelines.tasks);
  },
});
