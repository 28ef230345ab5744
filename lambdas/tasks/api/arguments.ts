import type * as z from 'zod';
import type { TaskFunction } from '#kit/task.ts';
import { CodedError } from './codes.ts';
import { faultOf } from './faults.ts';

/** Arguments as they are given: in the order of the function's parameters, and by name. */
export interface GivenArguments {
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/**
 * Both by name, as the function gets them. Throws BAD_FUNC_PARAM naming the first wrong one; nothing that a function
 * would refuse is ever queued.
 */
export function inputFrom(fn: TaskFunction, { args, kwargs }: GivenArguments): Record<string, unknown> {
  const names = Object.keys(fn.input.shape);
  if (args.length > names.length)
    throw bad(`${fn.name} takes ${names.length} arguments: ${names.join(', ')}; ${args.length} are given`);
  const positional = names.slice(0, args.length);
  const twice = positional.find((name) => Object.hasOwn(kwargs, name));
  if (twice !== undefined) throw bad(`Field "${twice}" is given twice`);
  const unknown = Object.keys(kwargs).find((name) => !names.includes(name));
  if (unknown !== undefined) throw bad(`Field "${unknown}" is unknown; there are ${names.join(', ')}`);
  const input = Object.fromEntries([
    ...positional.map((name, index) => [name, args[index]]),
    ...Object.entries(kwargs),
  ]);
  const parsed: z.ZodSafeParseResult<unknown> = fn.input.safeParse(input, { reportInput: true });
  const issue = parsed.error?.issues[0];
  if (issue) throw bad(faultOf(issue).detail);
  return input;
}

function bad(detail: string): CodedError {
  return new CodedError('BAD_FUNC_PARAM', detail);
}
