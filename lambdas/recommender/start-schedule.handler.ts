import { skippedSlots } from '#adapters/objects/skipped-slots.ts';
import { queue } from '#adapters/queue.ts';
import { stateMachine } from '#adapters/state-machine.ts';
import { PermanentError } from '#kit/errors.ts';
import { scheduleHandler } from '#kit/schedule-handler.ts';
import { startScheduleEnv } from './contract.ts';
import { scenarioMarkers } from './schedules/markers-bucket.ts';
import { startSchedule } from './schedules/start-schedule.ts';

/** Starts all schedules that compute per scenario. It runs outside of the VPC, so that no database wakes where nothing is new. */
export const handler = scheduleHandler({
  env: startScheduleEnv,
  services: (env) => ({
    markers: scenarioMarkers(env.RAW_BUCKET),
    machine: stateMachine(env.SCHEDULES_STATE_MACHINE),
  }),
  handle: ({ schedule, scheduledAt }, ports) => {
    const [, name] = schedule?.split('/') ?? [];
    if (!name) throw new PermanentError('A start that no schedule sent names none');
    return startSchedule({ schedule: name, scheduledAt }, ports);
  },
  slots: {
    told: (env) => {
      const tell = queue(env.SLOTS_QUEUE_URL);
      const skipped = skippedSlots(env.RAW_BUCKET);
      // The keeper writes it when it has the database awake.
      return (start, { state }) => (state === 'nothing-new' ? skipped.put(start) : tell(start));
    },
    run: ({ state, name }) => (state === 'nothing-new' ? undefined : name),
  },
});
