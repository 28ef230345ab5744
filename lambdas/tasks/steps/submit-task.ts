import { randomUUID } from 'node:crypto';
import { ConflictError } from '#kit/errors.ts';
import type { TaskFunction } from '#kit/task.ts';
import { type GivenArguments, inputFrom } from '../api/arguments.ts';
import { CodedError } from '../api/codes.ts';
import type { TasksApiPorts } from '../api/ports.ts';
import type { TaskRow, Visibility } from '../task.ts';

/** What a caller asks for. */
export interface Submission extends GivenArguments {
  readonly name: string;
  readonly desc: string;
  readonly idempotency_key?: string | undefined;
  readonly callback_url?: string | undefined;
  readonly visibility?: Visibility | undefined;
  /** The task that is done again. */
  readonly retryOf?: string | undefined;
}

/** Who asks; the schedule may also have run what callers may not. */
export interface Submitter {
  readonly username: string;
  readonly unpublished: boolean;
}

type SubmitPorts = Pick<TasksApiPorts, 'functions' | 'tasks' | 'sends'>;

/**
 * One more task: its row first, then its message. A crash between the two leaves a row that waits; the sweep, which is
 * woken beforehand, sends its message again.
 */
export async function submitTask(asked: Submission, who: Submitter, ports: SubmitPorts): Promise<TaskRow> {
  const fn = callable(asked.name, who, ports.functions);
  const { args, kwargs, idempotency_key } = asked;
  const task = {
    id: randomUUID(),
    username: who.username,
    name: fn.name,
    host: fn.runsOn,
    args,
    kwargs,
    input: inputFrom(fn, { args, kwargs }),
    description: asked.desc,
    retries: fn.retries,
    callbackUrl: asked.callback_url,
    visibility: asked.visibility,
    retryOf: asked.retryOf,
  };
  const [submitted] = await Promise.all([ports.tasks.submit(task, idempotency_key), ports.sends.sweep()]);
  if (submitted.as === 'other')
    throw new ConflictError('The idempotency_key was used within 24 hours for another request.');
  const { task_id: id, status, runs_on: host } = submitted.task;
  // The first request may have died before its message was sent; a message too many is dropped.
  if (submitted.as === 'new' || status === 'PENDING') await ports.sends.task({ id, host });
  return submitted.task;
}

const wellFormed = /^[a-z]\w*(\.[a-z]\w*)*:[a-z]\w*$/i;

/** The function of that name, as far as who asks may have it run. */
export function callable(name: string, who: Submitter, functions: ReadonlyMap<string, TaskFunction>): TaskFunction {
  if (!wellFormed.test(name)) throw new CodedError('BAD_FUNC_NAME', `"${name}" is not of the form module:name`);
  const fn = functions.get(name);
  if (!fn) throw new CodedError('FUNC_NOT_FOUND', `There is no function ${name}`);
  if (!fn.published && !who.unpublished) throw new CodedError('ILLEGAL_FUNC', `${name} is not published`);
  return fn;
}
