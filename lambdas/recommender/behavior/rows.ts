import { PermanentError } from '#kit/errors.ts';
import type { BehaviorEvent } from './event.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** An event that is older when it comes is kept, and part of no figure. */
export const latestDays = 7;
/** Clocks of devices go ahead by some minutes, and by hours where their zone is wrong. */
const aheadMs = dayMs;

/** A row of behaviour, before it is known which answer led to it. */
export interface BehaviorRow {
  readonly tenant_id: string;
  readonly scenario_id: string;
  readonly user_id: string;
  readonly item_id: string;
  readonly action: string;
  readonly at: string;
  readonly day: string;
  readonly event_id: string;
  readonly part: number;
  readonly request_id: string | null;
  readonly slot: number | null;
  readonly experiment_id: string | null;
  readonly experiment_group: string | null;
  readonly session_id: string | null;
  readonly device: string | null;
  readonly os: string | null;
  readonly location: string | null;
  readonly extra: string;
  readonly duration: number | null;
  readonly completion_rate: number | null;
  readonly received_at: string;
}

/** Where an event belongs by its time. Throws {@link PermanentError} for one that has not happened yet. */
export function timeliness({ timestamp }: BehaviorEvent, now: Date): 'timely' | 'late' {
  const age = now.getTime() - timestamp;
  if (age < -aheadMs) throw new PermanentError('The timestamp is more than a day ahead');
  return dayOf(new Date(timestamp)) < timelyFrom(now) ? 'late' : 'timely';
}

/** The first day that something which comes now may still belong to; days before it come again by imports alone. */
export function timelyFrom(now: Date): string {
  return dayOf(new Date(now.getTime() - latestDays * dayMs));
}

/** `2026-11-30`, in UTC. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** One row for each item that an event is about. */
export function rowsOf(event: BehaviorEvent, received: Date): readonly BehaviorRow[] {
  const { context, extra, items = event.item_id === undefined ? [] : [event.item_id] } = event;
  const at = new Date(event.timestamp);
  // Of one that is shown twice together, the first place counts.
  return [...new Set(items)].map((item_id, part) => ({
    tenant_id: event.tenant_id,
    scenario_id: event.scenario_id,
    user_id: event.user_id,
    item_id,
    action: event.action_type,
    at: at.toISOString(),
    day: dayOf(at),
    event_id: event.event_id,
    part,
    request_id: event.request_id,
    slot: event.position === null ? null : event.position + part,
    experiment_id: event.experiment_id,
    experiment_group: event.experiment_group,
    session_id: event.session_id,
    device: context.device_type,
    os: context.os,
    location: context.location,
    extra: JSON.stringify(extra),
    duration: event.duration,
    completion_rate: event.completion_rate,
    received_at: received.toISOString(),
  }));
}
