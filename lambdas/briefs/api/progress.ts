import type { AllPlatformSettings } from '../collect/settings.ts';
import type { BriefHead } from '../lists/brief-view-store.ts';
import type { TaskProgress } from '../lists/progress-store.ts';
import { platformNamed } from '../platforms/index.ts';
import type { PlatformName } from '../platforms/names.ts';
import { stateTexts } from '../work/states.ts';
import { moment, shanghaiTime } from './shown.ts';

interface Seen {
  /** Briefs that wait before this one. */
  readonly before: number;
  readonly settings: AllPlatformSettings;
  readonly now: Date;
}

/** How far a brief is: as a whole, and task by task. */
export function shownProgress(brief: BriefHead, tasks: readonly TaskProgress[], { before, settings, now }: Seen) {
  const { started_at: started, ended_at: ended } = brief;
  return {
    job_code: brief.code,
    create_user_name: brief.create_user_name,
    job_create_time: shanghaiTime(brief.created_at),
    job_wait_count: before,
    job_status: stateTexts[brief.state],
    state: brief.state,
    job_run_time: started && secondsBetween(started, ended ?? now),
    ...reachedBy(tasks),
    estimated_end: moment(estimatedEnd(brief, tasks, { settings, now })),
    tasks: tasks.map((task) => ({
      stageName: task.stage,
      platform: platformNamed(task.platform).code,
      platform_name: platformNamed(task.platform).title,
      keyword: task.keyword,
      state: task.state,
      reason: task.reason,
      ...reachedBy([task]),
    })),
  };
}

function reachedBy(tasks: readonly TaskProgress[]) {
  const sum = (of: (task: TaskProgress) => number) => tasks.reduce((total, task) => total + of(task), 0);
  const dropped: Record<string, number> = {};
  for (const task of tasks)
    for (const [reason, count] of Object.entries(task.dropped)) dropped[reason] = (dropped[reason] ?? 0) + count;
  return {
    pages_done: sum(({ pages_done }) => pages_done),
    pages_all: sum(pagesOf),
    crawled: sum(({ found }) => found),
    stored: sum(({ stored }) => stored),
    failed: sum(({ failed }) => failed),
    on_their_way: sum(({ on_their_way }) => on_their_way),
    dropped,
  };
}

/** What has ended has as many pages as were read of it. */
function pagesOf({ state, pages, pages_done }: TaskProgress): number {
  return isOpen(state) ? Math.max(pages, pages_done) : pages_done;
}

function isOpen(state: TaskProgress['state']): boolean {
  return state === 'queued' || state === 'running';
}

/**
 * When the slowest platform will have read its pages: at the pace that it has had, and no faster than it may be asked.
 * Unknown before a page of it was read.
 */
function estimatedEnd(
  { started_at: started, ended_at: ended }: Pick<BriefHead, 'started_at' | 'ended_at'>,
  tasks: readonly TaskProgress[],
  { settings, now }: Omit<Seen, 'before'>,
): Date | null {
  if (started === null || ended !== null) return null;
  const open = new Set(tasks.filter(({ state }) => isOpen(state)).map(({ platform }) => platform));
  const elapsed = secondsBetween(started, now);
  const left = [...open].map((platform) => {
    const own = tasks.filter((task) => task.platform === platform);
    const done = own.reduce((sum, { pages_done }) => sum + pages_done, 0);
    const wanted = own.reduce((sum, task) => sum + pagesOf(task), 0) - done;
    return done === 0 ? undefined : wanted * Math.max(elapsed / done, slowest(platform, settings));
  });
  const known = left.filter((each) => each !== undefined);
  if (known.length < left.length) return null;
  return new Date(now.getTime() + Math.max(0, ...known) * 1000);
}

/** Seconds between two calls at least. */
function slowest(platform: PlatformName, settings: AllPlatformSettings): number {
  return 1 / settings[platform].requestsPerSecond;
}

function secondsBetween(one: Date, other: Date): number {
  return Math.max(0, (other.getTime() - one.getTime()) / 1000);
}
