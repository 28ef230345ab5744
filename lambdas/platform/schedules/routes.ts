import * as z from 'zod';
import { authorOf, whoField } from '#kit/api/author.ts';
import { momentParameter, textParameter } from '#kit/api/parameters.ts';
import { type Route, route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import { ConflictError, InvalidInputError } from '#kit/errors.ts';
import type { KeptSchedule, routesOfSchedules, ScheduleSwitch, StartMessage } from '../contract.ts';
import { startOf } from '../slots/settle-slots.ts';
import { askedRun, calendar, changedSchedules, scheduleList } from './answers.ts';
import type { PauseBook } from './pause.ts';
import { calendarSpan, listedSchedule, plannedSlots, type ScheduleReader, schedulesNamed } from './schedules.ts';

/** Everything the schedule routes need. */
export interface SchedulesPorts {
  readonly schedules: readonly KeptSchedule[];
  readonly standings: ScheduleReader;
  readonly pauses: PauseBook;
  /** Puts a start into the queue of starts. */
  readonly start: (message: StartMessage) => Promise<void>;
  /** Puts a change into the queue of switches, from where EventBridge Scheduler is in reach. */
  readonly switch: (change: ScheduleSwitch) => Promise<void>;
  readonly clock: Clock;
}

const word = textParameter({ min: 1, max: 200 });
const noMore = z.undefined('Unknown field.');
const ofOne = z.object({ workload: word, name: word });
const ofWorkload = z.object({ workload: word });

// A month of one that runs every five minutes, or of all others together.
const mostSlots = 10_000;

/** GET /platform/schedules */
const listSchedules = route({
  summary: 'Lists schedules with their last and next slots',
  permission: 'read',
  answers: { 200: scheduleList },
  handle: async (_request, { schedules, standings, pauses, clock }: SchedulesPorts) => {
    const paused = await pauses.open();
    const known = new Map((await standings.standings()).map((standing) => [standing.schedule, standing]));
    const now = clock();
    const data = schedules.map((one) => listedSchedule(one, paused.get(one.name), known.get(one.name), now));
    return { status: 200, body: { result: { data } } };
  },
});

/** GET /platform/schedules/slots */
const listCalendar = route({
  summary: 'Shows a calendar: the slots that were within a span, and those to come',
  permission: 'read',
  description: `The newest first. More than ${mostSlots} are refused: take a shorter span, or one schedule.`,
  answers: { 200: calendar },
  query: z.object({
    from: momentParameter().describe('First moment.'),
    to: momentParameter().describe('First moment after.'),
    workload: word.optional(),
    schedule: word.optional(),
  }),
  handle: async ({ query }, { schedules, standings, pauses, clock }: SchedulesPorts) => {
    const { from, to } = calendarSpan(query);
    const asked = schedules.filter(
      ({ name }) =>
        (query.schedule ?? name) === name && (query.workload === undefined || name.startsWith(`${query.workload}/`)),
    );
    const names = asked.map(({ name }) => name);
    const were = await standings.slotsWithin({ ...query, schedules: names }, mostSlots + 1);
    // The end is outside the span; a slot that is just due has its row already, or gets it within the hour.
    const after = new Date(Math.max(clock().getTime(), from.getTime() - 1));
    const paused = await pauses.open();
    const planned = plannedSlots(asked, paused, { after, to: new Date(to.getTime() - 1), limit: mostSlots });
    if (planned === undefined || were.length + planned.length > mostSlots)
      throw new InvalidInputError({ querystring: { to: [`More than ${mostSlots} slots: take a shorter span.`] } });
    const data = [...planned, ...were].toSorted(
      (one, other) => other.scheduled_at.getTime() - one.scheduled_at.getTime(),
    );
    return { status: 200, body: { result: { data } } };
  },
});

const pauseBody = z
  .object({ note: textParameter({ max: 2000 }).optional().describe('Why.'), who: whoField })
  .catchall(noMore)
  .prefault({});
const resumeBody = z.object({ who: whoField }).catchall(noMore).prefault({});

const aboutPauses =
  'Its slots from now on are not due, and are not caught up later; a run that is under way goes on. It holds over restarts and deployments.';

/** POST /platform/schedules/{workload}/{name}/pause */
const pauseOne = route({
  summary: 'Pauses a schedule',
  permission: 'operate',
  description: aboutPauses,
  answers: { 200: changedSchedules },
  path: ofOne,
  body: pauseBody,
  handle: async ({ path, body, caller }, ports: SchedulesPorts) => pause(path, { body, caller }, ports),
});

/** POST /platform/schedules/{workload}/pause */
const pauseAll = route({
  summary: 'Pauses all schedules of a workload',
  permission: 'operate',
  description: aboutPauses,
  answers: { 200: changedSchedules },
  path: ofWorkload,
  body: pauseBody,
  handle: async ({ path, body, caller }, ports: SchedulesPorts) => pause(path, { body, caller }, ports),
});

/** POST /platform/schedules/{workload}/{name}/resume */
const resumeOne = route({
  summary: 'Lets a schedule go on',
  permission: 'operate',
  description: 'From its next slot on.',
  answers: { 200: changedSchedules },
  path: ofOne,
  body: resumeBody,
  handle: async ({ path, body, caller }, ports: SchedulesPorts) => resume(path, authorOf(caller, body.who), ports),
});

/** POST /platform/schedules/{workload}/resume */
const resumeAll = route({
  summary: 'Lets all schedules of a workload go on',
  permission: 'operate',
  description: 'From their next slots on.',
  answers: { 200: changedSchedules },
  path: ofWorkload,
  body: resumeBody,
  handle: async ({ path, body, caller }, ports: SchedulesPorts) => resume(path, authorOf(caller, body.who), ports),
});

/** POST /platform/schedules/{workload}/{name}/run */
const runOne = route({
  summary: 'Runs a schedule now',
  permission: 'operate',
  description: 'As if a slot were due this second; also while it is paused or off.',
  answers: { 202: askedRun },
  path: ofOne,
  body: resumeBody,
  handle: async ({ path, body, caller }, { schedules, start, clock }: SchedulesPorts) => {
    const [schedule] = schedulesNamed(schedules, path);
    // Slots are told to the second.
    const at = new Date(Math.floor(clock().getTime() / 1000) * 1000);
    if (schedule) await start(startOf(schedule, at, authorOf(caller, body.who)));
    return { status: 202, body: { result: { schedule: schedule?.name, scheduled_at: at } } };
  },
});

type Path = z.output<typeof ofWorkload> & { readonly name?: string };
type PauseRequest = { readonly body: z.output<typeof pauseBody>; readonly caller: Parameters<typeof authorOf>[0] };

async function pause(path: Path, { body: { note, who }, caller }: PauseRequest, ports: SchedulesPorts) {
  const asked = schedulesNamed(ports.schedules, path).filter(({ enabled }) => enabled);
  if (asked.length === 0) throw new ConflictError('It is switched off by the environment.');
  const by = { who: authorOf(caller, who), note };
  const changed = await ports.pauses.pause(
    asked.map(({ name }) => name),
    by,
    (schedules) => switchAll(schedules, false, ports),
  );
  return { status: 200, body: { result: { changed } } };
}

async function resume(path: Path, who: string, ports: SchedulesPorts) {
  const names = schedulesNamed(ports.schedules, path).map(({ name }) => name);
  const changed = await ports.pauses.resume(names, who, async (schedules) => {
    // One that a deployment has switched off meanwhile stays off.
    const on = schedules.filter((name) => ports.schedules.some((one) => one.name === name && one.enabled));
    await switchAll(on, true, ports);
  });
  return { status: 200, body: { result: { changed } } };
}

async function switchAll(schedules: readonly string[], on: boolean, ports: SchedulesPorts): Promise<void> {
  for (const schedule of schedules) await ports.switch({ schedule, on });
}

/** Schedules over HTTP. */
export const schedulesApi: Readonly<Record<(typeof routesOfSchedules)[number], Route<SchedulesPorts>>> = {
  'GET /platform/schedules': listSchedules,
  'GET /platform/schedules/slots': listCalendar,
  'POST /platform/schedules/{workload}/pause': pauseAll,
  'POST /platform/schedules/{workload}/resume': resumeAll,
  'POST /platform/schedules/{workload}/{name}/pause': pauseOne,
  'POST /platform/schedules/{workload}/{name}/resume': resumeOne,
  'POST /platform/schedules/{workload}/{name}/run': runOne,
};
