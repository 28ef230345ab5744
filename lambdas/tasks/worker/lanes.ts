import type { TaskFunction } from '#kit/task.ts';
import { shortSeconds } from '../contract.ts';

/** Tasks of one lane wait only for one another. */
export type Lane = 'short' | 'long';

/** By the limit that the function declares; one that is not there any more fails at once. */
export function laneOf(fn: Pick<TaskFunction, 'timeoutSeconds'> | undefined): Lane {
  return fn !== undefined && fn.timeoutSeconds > shortSeconds ? 'long' : 'short';
}
