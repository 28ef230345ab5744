import type * as z from 'zod';
import { PermanentError } from '#kit/errors.ts';
import { type startMessage, stoppedOnPurpose } from '../contract.ts';

/** A state machine, as far as starting goes. */
interface Machine {
  start(name: string, input: object): Promise<'started' | 'exists'>;
  status(name: string): Promise<'running' | 'succeeded' | 'failed' | undefined>;
  /** One that has ended, or was never there, is no error. */
  stop(name: string, error: string): Promise<void>;
}

export interface StartTaskPorts {
  readonly steps: Machine;
  readonly spark: Machine | undefined;
  /** Tells the worker's queue, where the database is. */
  readonly tell: (message: unknown) => Promise<void>;
}

/**
 * Starts a task's execution, which is named for it: twice is once. Reports tasks whose execution
 * ended without them; otherwise nothing would ever end those tasks.
 */
export async function startTask(
  { task_id, host, stop }: z.output<typeof startMessage>,
  ports: StartTaskPorts,
): Promise<void> {
  const machine = ports[host];
  if (!machine) throw new PermanentError(`There is no state machine for tasks on ${host}`);
  if (stop) {
    // Step Functions cancels the job that the execution waits for.
    await machine.stop(task_id, stoppedOnPurpose);
    await ports.tell({ task_id, lost: 'It was told to end.', stopped: true });
    return;
  }
  if ((await machine.start(task_id, { task_id })) === 'started') return;
  const status = await machine.status(task_id);
  if (status === 'failed' || status === 'succeeded') await ports.tell({ task_id, lost: `Its execution ${status}.` });
}
