import { orderedQueue } from '#adapters/queues/ordered-queue.ts';
import type { FileWork } from './write-files.ts';

/** A tenant's day that has something new. */
export interface ChangedDay {
  readonly tenant_id: string;
  readonly day: string;
}

/**
 * Has the files of tenants' days written, once for whatever comes within half the queue's delay: the message is still
 * asleep then when what a later call tells of is committed. A tenant's files are worked on one after the other.
 */
export function filesQueue(url: string, delayMs: number): (days: readonly ChangedDay[]) => Promise<void> {
  const send = orderedQueue(url);
  return async (days) => {
    const slot = Math.floor(Date.now() / (delayMs / 2));
    const changed = new Map(days.map(({ tenant_id, day }) => [`${tenant_id}/${day}-${slot}`, { tenant_id, day }]));
    await send(
      [...changed].map(([id, { tenant_id, day }]) => ({
        message: { kind: 'day', tenant_id, day } satisfies FileWork,
        group: tenant_id,
        id,
      })),
    );
  };
}

/** Has the erased users of a tenant taken out of all its files, and older versions of them removed. */
export function erasureQueue(url: string): (tenant: string, erasure: string) => Promise<void> {
  const send = orderedQueue(url);
  return (tenant_id, erasure) =>
    send([{ message: { kind: 'erasure', tenant_id } satisfies FileWork, group: tenant_id, id: `erasure-${erasure}` }]);
}
