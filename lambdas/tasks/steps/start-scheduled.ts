import { PermanentError } from '#kit/errors.ts';
import { type ScheduledFunction, scheduledFunctions, scheduleUser } from '../contract.ts';
import type { TaskRow } from '../task.ts';
import { submitTask } from './submit-task.ts';

/** A slot of a schedule. */
export interface Slot {
  readonly scheduledAt: Date;
  /** `tasks/recent-tasks`. */
  readonly schedule?: string | undefined;
}

/** A slot's task: started twice, by the schedule and by the keeper of slots, it is one. */
export async function startScheduled(
  { scheduledAt, schedule = '' }: Slot,
  ports: Parameters<typeof submitTask>[2],
): Promise<TaskRow> {
  const all: Readonly<Record<string, ScheduledFunction>> = scheduledFunctions;
  const key = schedule.slice('tasks/'.length);
  const scheduled = Object.hasOwn(all, key) ? all[key] : undefined;
  if (!scheduled) throw new PermanentError(`There is no scheduled function ${schedule}`);
  const submission = {
    name: scheduled.name,
    args: [],
    kwargs: scheduled.kwargs,
    desc: `${schedule} at ${scheduledAt.toISOString()}`,
    idempotency_key: `${schedule}@${scheduledAt.toISOString()}`,
  };
  return submitTask(submission, { username: scheduleUser, unpublished: true }, ports);
}
