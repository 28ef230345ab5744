import type * as z from 'zod';
import type { Caller } from '#kit/api/authentication.ts';
import type { TaskRow } from '../task.ts';
import { isOwn, mayRead } from './access.ts';
import type { taskAnswer } from './answers.ts';
import { functionId } from './function-id.ts';

/** A task's row as this caller sees it: all of it, or of one that isn't theirs its id, name, owner, status and times. */
export function shownTask(task: TaskRow, caller: Caller): z.output<typeof taskAnswer> {
  const readable = mayRead(task, caller);
  return {
    id: task.id,
    task_id: task.task_id,
    username: task.username,
    func_id: functionId(task.name),
    name: task.name,
    status: task.status,
    args: readable ? copied(task.args) : null,
    kwargs: readable && task.kwargs !== null ? { ...task.kwargs } : null,
    desc: readable ? task.desc : null,
    visibility: task.visibility,
    runs_on: task.runs_on,
    attempts: task.attempts,
    retries: task.retries,
    retry_of: readable ? task.retry_of : null,
    first_task_id: readable ? task.first_task_id : null,
    callback_url: isOwn(task, caller) ? task.callback_url : null,
    deliveries: isOwn(task, caller) ? [...task.deliveries] : null,
    terminate_at: moment(task.terminate_at),
    progress: readable ? task.progress_percent : null,
    create_date: task.created_at.toUTCString(),
    created_at: task.created_at.toISOString(),
    started_at: moment(task.started_at),
    ended_at: moment(task.ended_at),
  };
}

function copied(args: TaskRow['args']): unknown[] | null {
  return args === null ? null : [...args];
}

function moment(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
