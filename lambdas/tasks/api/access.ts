import type { Caller } from '#kit/api/authentication.ts';
import { isGiven } from '#kit/api/permission.ts';
import { scheduleUser } from '../contract.ts';
import type { TaskRow } from '../task.ts';

/** Whose a task is, and who else may read it. */
type Owned = Pick<TaskRow, 'username' | 'visibility'>;

/** Whether a caller submits, ends and reads for other users, too. */
export function mayActForOthers(caller: Caller): boolean {
  return isGiven(caller, 'admin');
}

/** Whether a caller may end a task and do it again. What a schedule submits is for those who operate schedules. */
export function mayChange(task: Owned, caller: Caller): boolean {
  return isOwn(task, caller) || (task.username === scheduleUser && isGiven(caller, 'operate'));
}

/** Whether a caller sees what goes into a task and what comes of it. What a schedule submits has no owner. */
export function mayRead(task: Owned, caller: Caller): boolean {
  return isOwn(task, caller) || task.username === scheduleUser || task.visibility === 'everyone';
}

/** Whether a caller sees where a task calls back: such an address may be a key of its own, so it is never shared. */
export function isOwn({ username }: Owned, caller: Caller): boolean {
  return username === caller.name || mayActForOthers(caller);
}
