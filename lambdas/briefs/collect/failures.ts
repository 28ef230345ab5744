import { createHash } from 'node:crypto';
import type { NewFailure } from '#kit/ledger/failure.ts';
import type { Fate } from './fates.ts';

/** What a ledger's row tells of the call that failed. */
export interface FailedCall {
  readonly id: number;
  readonly attempt: number;
  readonly platform: string;
  readonly kind: string;
  readonly page?: number | null | undefined;
  readonly subject?: string | null | undefined;
  readonly keyword?: string | null | undefined;
  readonly brief?: string | null | undefined;
  readonly stage?: string | null | undefined;
  readonly task?: string | null | undefined;
}

interface Told {
  /** ARN of the queue that runs things again. */
  readonly door: string;
  readonly now: Date;
  readonly rawKey?: string | null | undefined;
}

/** A call that was given up. Its replay makes the call once more, or reads its answer again. */
export function callFailure(call: FailedCall, reason: string, told: Told): NewFailure {
  const [word = 'failed', ...said] = reason.split(': ');
  return {
    ...rowOf(call, told),
    naturalKey: `${callPrefix(call.id)}${call.attempt}`,
    reason: word,
    message: said.join(': ') || reason,
    attempts: call.attempt,
  };
}

/** An article that could not be read: its replay reads its page again, and is this row when it can't be read still. */
export function articleFailure(call: FailedCall, fate: Extract<Fate, { state: 'failed' }>, told: Told): NewFailure {
  return {
    ...rowOf(call, told),
    naturalKey: `${articlePrefix(call)}${hashOf(fate.place)}`,
    reason: fate.reason,
    message: `${call.platform} shows the time of an article as "${fate.shown.slice(0, 100)}" (${fate.place})`,
  };
}

/** What the natural keys of a call's failures begin with. */
export function callPrefix(call: number): string {
  return `step:briefs/call:${call}:`;
}

/** What those of a page's articles begin with. */
export function articlePrefix({ id }: Pick<FailedCall, 'id'>): string {
  return `step:briefs/article:${id}:`;
}

function rowOf(call: FailedCall, { door, now, rawKey }: Told) {
  const told = {
    platform: call.platform,
    kind: call.kind,
    keyword: call.keyword,
    page: call.page,
    subject: call.subject,
    brief_uuid: call.brief,
    stage_uuid: call.stage,
    task_uuid: call.task,
    raw_key: rawKey,
  };
  return {
    workload: 'briefs',
    sourceKind: 'step' as const,
    sourceName: 'read-answer',
    door,
    input: JSON.stringify({ again: { call: call.id } }),
    attributes: Object.fromEntries(
      Object.entries(told).flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]])),
    ),
    occurredAt: now,
  };
}

/** Places may be long. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
