import type { Caller } from '#kit/api/authentication.ts';
import { numberedPage, totalHeader } from '#kit/api/paging.ts';
import { route } from '#kit/api/route.ts';
import { ConflictError, ForbiddenError, InvalidInputError } from '#kit/errors.ts';
import { PageError } from '#kit/pages/page-error.ts';
import { scheduleUser } from '../contract.ts';
import { resultOf } from '../steps/result-of.ts';
import { submitTask } from '../steps/submit-task.ts';
import type { TaskRow } from '../task.ts';
import { mayActForOthers, mayChange, mayRead } from './access.ts';
import { listAnswer, resultAnswer, taskAnswer } from './answers.ts';
import { CodedError } from './codes.ts';
import { listQuery, retryRequest, submission, taskPath } from './parameters.ts';
import type { TasksApiPorts } from './ports.ts';
import { shownTask } from './shown-task.ts';

/** POST /api/v1/tasks/submit */
export const postTask = route({
  summary: 'Submit a function with arguments; answers at once.',
  permission: 'own',
  body: submission,
  form: true,
  answers: { 200: taskAnswer },
  handle: async ({ body, caller }, ports: TasksApiPorts) => {
    const { username = caller.name } = body;
    if (username !== caller.name && !mayActForOthers(caller))
      throw new ForbiddenError('Only an admin submits for another user.');
    if (body.callback_url !== undefined) await checkCallback(body.callback_url, ports);
    const task = await submitTask(body, { username, unpublished: false }, ports);
    return { status: 200, body: shownTask(task, caller) };
  },
});

/** GET /api/v1/tasks/list */
export const listTasks = route({
  summary: 'Tasks of a user, the newest first; of those of others id, name, owner, status and times.',
  permission: 'own',
  query: listQuery,
  answers: { 200: listAnswer },
  handle: async ({ query, caller }, { tasks }: TasksApiPorts) => {
    const { username = caller.name, status, name, page, per_page } = query;
    const found = await tasks.list({ username, status, name, ...numberedPage(page, per_page) });
    return { status: 200, headers: totalHeader(found), body: found.data.map((task) => shownTask(task, caller)) };
  },
});

/** GET /api/v1/task/{task_id}/info */
export const findTask = route({
  summary: 'A task and its status.',
  permission: 'own',
  path: taskPath,
  answers: { 200: taskAnswer },
  handle: async ({ path, caller }, { tasks }: TasksApiPorts) => ({
    status: 200,
    body: shownTask(await readable(path.task_id, caller, (id) => tasks.find(id)), caller),
  }),
});

/** GET /api/v1/task/{task_id}/result */
export const findResult = route({
  summary: 'What came of a task, and how far it is.',
  permission: 'own',
  path: taskPath,
  answers: { 200: resultAnswer },
  handle: async ({ path, caller }, { tasks, link }: TasksApiPorts) => {
    const outcome = await readable(path.task_id, caller, (id) => tasks.outcome(id));
    return { status: 200, body: await resultOf(outcome, (key) => link(key, linkSeconds)) };
  },
});

/** POST /api/v1/task/{task_id}/terminate */
export const terminateTask = route({
  summary: 'End a task: one that waits never runs, one that runs is told to stop.',
  permission: 'own',
  path: taskPath,
  answers: { 200: taskAnswer },
  handle: async ({ path, caller }, { tasks, sends }: TasksApiPorts) => {
    const before = await changeable(path.task_id, caller, tasks);
    const task = await readable(path.task_id, caller, (id) => tasks.terminate(id));
    if (before.ended_at === null && task.status === 'REVOKED')
      await sends.callbacks([{ id: task.task_id, status: task.status, callbackUrl: task.callback_url }]);
    // It may wait for hours, of which no turn of it would hear.
    if (task.status === 'STARTED' && task.runs_on === 'spark') await sends.stop({ id: task.task_id });
    return { status: 200, body: shownTask(task, caller) };
  },
});

/** POST /api/v1/task/{task_id}/retry */
export const retryTask = route({
  summary: 'Do a failed task again, with the same arguments or edited ones, as a task of its own.',
  permission: 'own',
  path: taskPath,
  body: retryRequest,
  form: true,
  answers: { 200: taskAnswer },
  handle: async ({ path, body, caller }, ports: TasksApiPorts) => {
    const task = await changeable(path.task_id, caller, ports.tasks);
    if (task.status !== 'FAILURE' && task.status !== 'REVOKED')
      throw new ConflictError(`Only what failed or was ended can be done again; the task is ${task.status}.`);
    const edited = body.args !== undefined || body.kwargs !== undefined;
    const again = await submitTask(
      {
        name: task.name,
        args: body.args ?? (edited ? [] : (task.args ?? [])),
        kwargs: body.kwargs ?? (edited ? {} : (task.kwargs ?? {})),
        desc: task.desc,
        callback_url: task.callback_url ?? undefined,
        retryOf: task.task_id,
      },
      { username: ownerOf(task, caller), unpublished: task.username === scheduleUser && !edited },
      ports,
    );
    return { status: 200, body: shownTask(again, caller) };
  },
});

/** Refuses what could never be told, while the caller still listens. */
async function checkCallback(url: string, ports: Pick<TasksApiPorts, 'checkCallback'>): Promise<void> {
  await ports.checkCallback(url).catch((error: unknown) => {
    if (!(error instanceof PageError)) throw error;
    // Not what its name leads to: that may be a name of ours alone.
    throw new InvalidInputError({ json: { callback_url: ['should be a public address.'] } });
  });
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What a task of that id has, as far as the caller may read it: one that is another's is as unknown as none. */
async function readable<T extends Pick<TaskRow, 'username' | 'visibility'>>(
  id: string,
  caller: Caller,
  find: (id: string) => Promise<T | undefined>,
): Promise<T> {
  const found = uuid.test(id) ? await find(id) : undefined;
  if (!found || !mayRead(found, caller)) throw new CodedError('TASK_NOT_FOUND', `There is no task ${id.slice(0, 100)}`);
  return found;
}

/** A task that the caller may end and do again. */
async function changeable(id: string, caller: Caller, tasks: TasksApiPorts['tasks']): Promise<TaskRow> {
  const task = await readable(id, caller, (each) => tasks.find(each));
  if (!mayChange(task, caller)) throw new ForbiddenError(`The task is ${task.username}’s.`);
  return task;
}

/** An admin acts for whose the task is: its files are that user's, and it is found in that user's list. */
function ownerOf({ username }: TaskRow, caller: Caller): string {
  return username === scheduleUser ? caller.name : username;
}

// The caller reads it now; else the next answer has another link.
const linkSeconds = 3600;
