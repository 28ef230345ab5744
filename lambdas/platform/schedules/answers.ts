import * as z from 'zod';
import { count, momentText, resultOf } from '#kit/api/answers.ts';
import { catchUpPolicies } from '#kit/schedule/schedule.ts';
import { runStates } from '../runs/run.ts';
import { slotStates } from '../slots/slot.ts';

const text = z.string();

const slotOf = <S extends z.ZodType>(state: S) => ({
  scheduled_at: momentText,
  state,
  run: text.nullable().describe('Name of the run that was started for it.'),
  run_state: z.enum(runStates).nullable(),
});

/** A schedule and how it stands. */
const schedule = z
  .object({
    schedule: text.meta({ examples: ['presale/start-publication'] }),
    workload: text,
    expression: text.meta({ examples: ['cron(0 10 1,11,21 * ? *)'] }),
    time_zone: text,
    catch_up: z.enum(catchUpPolicies).describe('What becomes of slots that nobody ran.'),
    grace_minutes: z.number().describe('How late a start may be before its slot counts as missed.'),
    enabled: z.boolean().describe('false: switched off by the environment.'),
    paused: z.object({ at: momentText, by: text, note: text.nullable() }).nullable(),
    last: z.object(slotOf(z.enum(slotStates))).nullable(),
    missed: count.describe('Slots that were due, and that nobody has run yet.'),
    next: z.array(momentText).describe('Its next slots; none while it is paused or off.'),
  })
  .meta({ id: 'Schedule' });

/** All schedules. */
export const scheduleList = resultOf(z.object({ data: z.array(schedule) }));

/** Slots of a calendar: those that were, and those to come. */
export const calendar = resultOf(
  z.object({
    data: z.array(
      z
        .object({ schedule: text, ...slotOf(z.enum([...slotStates, 'planned', 'paused'])) })
        .meta({ id: 'CalendarSlot' }),
    ),
  }),
);

/** The schedules that a change was about: those that it changed. */
export const changedSchedules = resultOf(
  z.object({ changed: z.array(text).describe('Those that stood otherwise before.') }),
);

/** A start that was asked for. */
export const askedRun = resultOf(z.object({ schedule: text, scheduled_at: momentText }));
