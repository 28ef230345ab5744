import { switchSchedule } from '#adapters/schedule-switch.ts';
import { PermanentError } from '#kit/errors.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { scheduleSwitch, switchScheduleEnv } from '../contract.ts';

/** Makes EventBridge Scheduler stand as the book of pauses says. Outside of the VPC: only from there it is in reach. */
export const handler = queueHandler({
  env: switchScheduleEnv,
  message: scheduleSwitch,
  ledger: sendFailures,
  services: (env) => env.SCHEDULES,
  handle: async ({ schedule, on }, ids) => {
    const id = ids[schedule];
    // Asked for by code of before: a deployment has dropped the schedule since.
    if (id === undefined) throw new PermanentError(`There is no schedule ${schedule}`);
    await switchSchedule(id, on);
  },
});
