import { randomUUID } from 'node:crypto';
import { PermanentError } from '#kit/errors.ts';
import { inputFrom } from '../api/arguments.ts';
import type { NewTask, TaskRow } from '../task.ts';
import type { WorkerPorts } from './ports.ts';

/** A replay as it comes by the worker's queue. */
export interface Replay {
  readonly taskId: string;
  readonly input: Readonly<Record<string, unknown>> | undefined;
  readonly failureId: number;
}

/** A failed task again, as a task of its own that names the first and the failure: however often the replay comes, it is one. */
export async function reopen({ taskId, input, failureId }: Replay, ports: WorkerPorts): Promise<TaskRow> {
  const before = await ports.replays.find(taskId);
  if (!before) throw new PermanentError(`There is no task ${taskId} any more.`);
  return ports.replays.insert(again(before, { input, replayOf: failureId }, ports));
}

function again(
  before: TaskRow,
  { input, replayOf }: { readonly input: Replay['input']; readonly replayOf: number },
  { functions }: WorkerPorts,
): NewTask {
  const fn = functions.get(before.name);
  if (!fn) throw new PermanentError(`There is no function ${before.name} any more.`);
  const kwargs = input ?? before.kwargs ?? {};
  const args = input === undefined ? (before.args ?? []) : [];
  return {
    id: randomUUID(),
    username: before.username,
    name: before.name,
    host: fn.runsOn,
    args,
    kwargs,
    input: inputFrom(fn, { args, kwargs }),
    description: before.desc,
    retries: fn.retries,
    callbackUrl: before.callback_url ?? undefined,
    // Its owner shared what they had asked for, not what another makes of it: an edited one may name a file of theirs.
    ...(input === undefined ? {} : { visibility: 'owner' as const }),
    retryOf: before.task_id,
    replayOf,
  };
}
