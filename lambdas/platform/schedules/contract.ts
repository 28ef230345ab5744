import * as z from 'zod';
import { jsonText } from '#kit/text/json.ts';

/** What the stack and the handlers of schedules agree on. */

const text = z.string().min(1);

/** Served by `runs-api`. */
export const routesOfSchedules = [
  'GET /platform/schedules',
  'GET /platform/schedules/slots',
  'POST /platform/schedules/{workload}/pause',
  'POST /platform/schedules/{workload}/resume',
  'POST /platform/schedules/{workload}/{name}/pause',
  'POST /platform/schedules/{workload}/{name}/resume',
  'POST /platform/schedules/{workload}/{name}/run',
] as const;

/** How a schedule of EventBridge Scheduler is to stand. */
export const scheduleSwitch = z.object({ schedule: text, on: z.boolean() });

export type ScheduleSwitch = z.output<typeof scheduleSwitch>;

/** Outside of the VPC, where EventBridge Scheduler is. */
export const switchScheduleEnv = z.object({
  /** JSON: `group/name` of each kept schedule, by its name for people. */
  SCHEDULES: jsonText(z.record(z.string(), text)),
});
