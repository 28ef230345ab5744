import { slotsBetween, timetable } from 'eventbridge-timetable';
import type { Clock } from '#kit/clock.ts';
import type { KeptSchedule } from '../contract.ts';
import type { Pause, PauseBook } from '../schedules/pause.ts';
import { type CountSpan, lastSteps, type OpenReason, type OverviewReader, stepsOf } from './overview.ts';

export interface OverviewPorts {
  readonly overview: OverviewReader;
  /** Names of the app's workloads, in the order in which they are shown. */
  readonly workloads: readonly string[];
  readonly schedules: readonly KeptSchedule[];
  readonly pauses: Pick<PauseBook, 'open'>;
  readonly clock: Clock;
}

// A strip of a month's daily runs.
const stripLength = 30;
const shownReasons = 10;
const shownNext = 5;

/** Everything that the first page shows; open failures only to those who may see the ledger. */
export async function makeOverview(
  { overview, workloads, schedules, pauses, clock }: OverviewPorts,
  { showsFailures }: { readonly showsFailures: boolean },
) {
  const now = clock();
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth()));
  // One after another: the function has one connection.
  const runs = Map.groupBy(await overview.newestRuns(workloads, stripLength), ({ workload }) => workload);
  const slots = Map.groupBy(await overview.newestSlots(workloads, stripLength), ({ workload }) => workload);
  const day = await seriesOf(overview, lastSteps('hour', 24, now));
  const thirty = await seriesOf(overview, lastSteps('day', 30, now));
  const reasons = Map.groupBy(showsFailures ? await overview.openReasons() : [], ({ workload }) => workload);
  const costs = Map.groupBy(await overview.costs(month), ({ workload }) => workload);
  const paused = await pauses.open();
  return {
    generated_at: now,
    month_from: month,
    workloads: workloads.map((workload) => {
      const open = reasons.get(workload) ?? [];
      const own = schedules.filter(({ name }) => name.startsWith(`${workload}/`));
      return {
        workload,
        runs: runs.get(workload) ?? [],
        slots: slots.get(workload) ?? [],
        running: costs.get(workload)?.[0]?.running ?? 0,
        cost_usd: costs.get(workload)?.[0]?.cost_usd ?? null,
        last_24_hours: day(workload),
        last_30_days: thirty(workload),
        failures: showsFailures ? failuresOf(open) : null,
        missed: (slots.get(workload) ?? []).filter(({ state }) => state === 'missed'),
        paused: own.flatMap(({ name }) => pausedOf(paused.get(name))),
        next: nextSlots(
          own.filter(({ name }) => !paused.has(name)),
          now,
        ),
      };
    }),
  };
}

function failuresOf(open: readonly OpenReason[]) {
  return { open: open.reduce((sum, { count }) => sum + count, 0), reasons: open.slice(0, shownReasons) };
}

function pausedOf(pause: Pause | undefined) {
  return pause ? [{ schedule: pause.schedule, at: pause.paused_at, by: pause.paused_by, note: pause.note }] : [];
}

/**
 * Resolves to what tells a workload's counts over a span: an entry for each interval, also where nothing began. What runs
 * counted and what came by streams add up.
 */
async function seriesOf(overview: OverviewReader, span: CountSpan) {
  const runs = Map.groupBy(await overview.runCounts(span, {}), ({ workload }) => workload);
  const streams = Map.groupBy(await overview.streamCounts(span), ({ workload }) => workload);
  return (workload: string) => {
    const begun = Map.groupBy(runs.get(workload) ?? [], ({ at }) => at.getTime());
    const came = Map.groupBy(streams.get(workload) ?? [], ({ at }) => at.getTime());
    return stepsOf(span).map((at) => {
      const own = begun.get(at.getTime()) ?? [];
      const all = [...own, ...(came.get(at.getTime()) ?? [])];
      const sum = (name: 'in' | 'out' | 'failed' | 'filtered') => all.reduce((total, row) => total + row[name], 0);
      return {
        at,
        runs: own.reduce((total, row) => total + row.runs, 0),
        in: sum('in'),
        out: sum('out'),
        failed: sum('failed'),
        filtered: sum('filtered'),
        lost: own.reduce((total, row) => total + row.lost, 0),
      };
    });
  };
}

// No plan reaches further than this; an expression whose year is over has no next slot.
const horizonMs = 400 * 86_400_000;

/** The next slots of schedules that are on, the soonest first. */
function nextSlots(schedules: readonly KeptSchedule[], now: Date) {
  const to = new Date(now.getTime() + horizonMs);
  return schedules
    .filter(({ enabled }) => enabled)
    .flatMap(({ name, at, zone }) =>
      slotsBetween(timetable(at, zone), { after: now, to, limit: shownNext }).map((slot) => ({
        schedule: name,
        at: slot,
      })),
    )
    .sort((one, other) => one.at.getTime() - other.at.getTime())
    .slice(0, shownNext);
}
