import { gatheredQueue } from '#adapters/queues/gathered-queue.ts';
import { orderedQueue } from '#adapters/queues/ordered-queue.ts';
import type { FileWork } from './write-files.ts';

/** A tenant's day that has something new. */
export interface ChangedDay {
  readonly tenant_id: string;
  readonly day: string;
  /** Of what came too late the day is that on which it came. @default 'day' */
  readonly kind?: 'day' | 'late';
}

/** A tenant whose users' segments are new, or of whose behaviour some is past its retention. */
export interface ChangedTenant {
  readonly tenant_id: string;
  readonly kind: 'segments' | 'retention';
}

/** Has files of tenants written. A tenant's files are worked on one after the other. */
export function filesQueue(
  url: string,
  delayMs: number,
): (changed: readonly (ChangedDay | ChangedTenant)[]) => Promise<void> {
  const send = gatheredQueue(url, delayMs);
  return (changed) =>
    send(changed.map(workOf).map((message) => ({ message, group: message.tenant_id, id: placeOf(message) })));
}

/** Nothing of a row but what tells of its file. */
function workOf(changed: ChangedDay | ChangedTenant): FileWork {
  const { tenant_id } = changed;
  if (!('day' in changed)) return { kind: changed.kind, tenant_id };
  const { kind = 'day' } = changed;
  return kind === 'late' ? { kind, tenant_id, day: changed.day } : { kind: 'day', tenant_id, day: changed.day };
}

const placeOf = (work: FileWork) => `${work.kind}/${work.tenant_id}/${'day' in work ? work.day : ''}`;

/** Has the erased users of a tenant taken out of all its files, and older versions of them removed. */
export function erasureQueue(url: string): (tenant: string, erasure: string) => Promise<void> {
  const send = orderedQueue(url);
  return (tenant_id, erasure) =>
    send([{ message: { kind: 'erasure', tenant_id } satisfies FileWork, group: tenant_id, id: `erasure-${erasure}` }]);
}
