import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { readEnv } from './env.ts';
import { PermanentError } from './errors.ts';
import { instrumented } from './invocation.ts';
import { faultsAsText } from './issues.ts';
import { once } from './once.ts';
import type { SlotStart } from './schedule/schedule.ts';
import { logger } from './telemetry.ts';

/**
 * What our schedules send: EventBridge Scheduler replaces `<aws.scheduler.scheduled-time>` by the slot's time in UTC.
 * `schedule` is there when its slots are kept, `started_by` when it isn't the schedule that starts.
 */
const scheduleEvent = z.object({
  scheduledTime: z.iso.datetime({ offset: true }),
  schedule: z.string().min(1).optional(),
  started_by: z.string().min(1).default('schedule'),
});

export interface ScheduleSpec<E extends z.ZodObject, S, R> {
  readonly env: E;
  readonly services: (env: z.output<E>) => S;
  /** `scheduledAt` is the slot's time, not the time of the call: a late or repeated call does the same work. */
  readonly handle: (
    slot: { readonly scheduledAt: Date; readonly schedule: string | undefined },
    services: S,
  ) => Promise<R>;
  /** For schedules whose slots are kept: who is told of a start, and of which run. */
  readonly slots?: {
    readonly told: (env: z.output<E>) => (start: SlotStart, result: R) => Promise<void>;
    readonly run: (result: R) => string | undefined;
  };
}

/** A scheduled handler. Its result is logged, since no caller waits for it. */
export function scheduleHandler<E extends z.ZodObject, S, R>(
  spec: ScheduleSpec<E, S, R>,
): (event: unknown, context: Context) => Promise<R> {
  const made = once(() => {
    const env = readEnv(spec.env);
    return { services: spec.services(env), tell: spec.slots?.told(env) };
  });
  return instrumented(async (event: unknown) => {
    const slot = scheduleEvent.safeParse(event);
    if (!slot.success) throw new PermanentError(`The schedule's event: ${faultsAsText(slot.error.issues)}`);
    const { scheduledTime, schedule, started_by } = slot.data;
    const { services, tell } = made();
    // Found at the first start, not when its slots have passed for missed.
    if (schedule !== undefined && !tell)
      throw new PermanentError(`${schedule} keeps slots and tells nobody of a start`);
    const result = await spec.handle({ scheduledAt: new Date(scheduledTime), schedule }, services);
    // After the work: a slot whose start fails stays missed, and whose report fails is started again.
    if (schedule !== undefined)
      await tell?.({ schedule, scheduled_time: scheduledTime, run: spec.slots?.run(result), started_by }, result);
    logger().info('The slot is done', { scheduledTime, result });
    return result;
  });
}
