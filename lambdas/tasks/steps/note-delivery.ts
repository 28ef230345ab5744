import type { Clock } from '#kit/clock.ts';
import { PageError } from '#kit/pages/page-error.ts';

export interface NoteDeliveryPorts {
  /** Tells the worker's queue, where the database is. */
  readonly tell: (message: unknown) => Promise<void>;
  readonly clock: Clock;
}

/** Calls back, and has the task's row know how that went. An error goes on: it decides whether there is another try. */
export async function noteDelivery(
  taskId: string,
  deliver: () => Promise<void>,
  { tell, clock }: NoteDeliveryPorts,
): Promise<void> {
  const at = clock().toISOString();
  try {
    await deliver();
  } catch (error) {
    await tell({ task_id: taskId, delivery: { at, error: reasonOf(error) } });
    throw error;
  }
  await tell({ task_id: taskId, delivery: { at, error: null } });
}

/** For the owner: of a forbidden address not what its name leads to, which may be a name of ours alone. */
function reasonOf(error: unknown): string {
  if (error instanceof PageError) return error.reason;
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
