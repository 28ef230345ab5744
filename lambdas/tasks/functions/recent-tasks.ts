import * as z from 'zod';
import { defineTask } from '#kit/task.ts';

const count = z.int().nonnegative();

/** `tasks.general.example:recent_tasks`: only its schedule runs it. */
export const recentTasks = defineTask({
  name: 'tasks.general.example:recent_tasks',
  summary: 'Counts the tasks of the last days by what became of them.',
  creator: 'millrace',
  // Not for callers: what others do is no business of theirs.
  published: false,
  input: z.object({ days: z.int().min(1).max(366).default(1) }),
  output: z.record(z.string(), count),
  runsOn: 'worker',
  timeoutSeconds: 60,
  retries: 2,
  async run({ days }, context) {
    const rows = await context.read(
      'SELECT status, count(*)::int AS tasks FROM tasks.tasks WHERE created_at > now() - make_interval(days => $1) GROUP BY status',
      [days],
    );
    return Object.fromEntries(rows.map(({ status, tasks }) => [String(status), count.parse(tasks)]));
  },
});
