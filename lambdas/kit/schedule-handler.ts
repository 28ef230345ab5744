import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { readEnv } from './env.ts';
import { PermanentError } from './errors.ts';
import { instrumented } from './invocation.ts';
import { faultsAsText } from './issues.ts';
import { once } from './once.ts';
import { logger } from './telemetry.ts';

/** What our schedules send: EventBridge Scheduler replaces `<aws.scheduler.scheduled-time>` by the slot's time in UTC. */
const scheduleEvent = z.object({ scheduledTime: z.iso.datetime({ offset: true }) });

export interface ScheduleSpec<E extends z.ZodObject, S, R> {
  readonly env: E;
  readonly services: (env: z.output<E>) => S;
  /** `scheduledAt` is the slot's time, not the time of the call: a late or repeated call does the same work. */
  readonly handle: (slot: { readonly scheduledAt: Date }, services: S) => Promise<R>;
}

/** A scheduled handler. Its result is logged, for there is nobody else to tell. */
export function scheduleHandler<E extends z.ZodObject, S, R>(
  spec: ScheduleSpec<E, S, R>,
): (event: unknown, context: Context) => Promise<R> {
  const services = once(() => spec.services(readEnv(spec.env)));
  return instrumented(async (event: unknown) => {
    const slot = scheduleEvent.safeParse(event);
    if (!slot.success) throw new PermanentError(`The schedule's event: ${faultsAsText(slot.error.issues)}`);
    const result = await spec.handle({ scheduledAt: new Date(slot.data.scheduledTime) }, services());
    logger().info('The slot is done', { scheduledTime: slot.data.scheduledTime, result });
    return result;
  });
}
