import type { Database } from '#adapters/database.ts';
import { queue } from '#adapters/queue.ts';
import type { Paging } from '#kit/api/paging.ts';
import type { Clock } from '#kit/clock.ts';
import { asError, logger } from '#kit/telemetry.ts';
import { type DispatcherOptions, dispatcher } from '../collect/dispatcher-queue.ts';
import { mailStore } from '../mails/mail-store.ts';
import { type TellPorts, tellSubmitted } from '../mails/tell-end.ts';
import type { PlatformName } from '../platforms/names.ts';
import { exportAgain, type Part, runAgain } from '../stores/again-store.ts';
import { type ChangedBrief, cancelBrief, changeBrief } from '../stores/change-store.ts';
import { deleteBrief } from '../stores/delete-store.ts';
import { pausePlatform, platformStates, probePlatform, resumePlatform } from '../stores/platform-store.ts';
import { type NewBrief, submitBrief } from '../stores/submit-store.ts';
import { type AccountFilter, listAccounts } from './account-list-store.ts';
import { type ArticleFilter, type ArticleOrder, listArticles } from './article-list-store.ts';
import { type BriefFilter, listBriefs } from './brief-list-store.ts';
import { briefOfStage, findBrief, findStage, stagesOf, sumsOf } from './brief-view-store.ts';
import { briefsBefore, progressOf } from './progress-store.ts';

export type BriefBook = ReturnType<typeof briefBook>;

/** Briefs over the database and the queues: what the API asks of them, and what it has done. */
export function briefBook(
  database: Database<unknown>,
  env: DispatcherOptions & { readonly MAIL_QUEUE_URL: string },
  { clock, links }: Pick<TellPorts, 'links'> & { readonly clock: Clock },
) {
  const send = queue(env.MAIL_QUEUE_URL);
  const { submit, ...others } = changing(database, env, clock);
  return {
    ...reading(database),
    ...others,
    /** The mail of a brief that is submitted twice under one key is one: it has one id. */
    submit: async (brief: NewBrief) => {
      const submitted = await submit(brief);
      // The brief is there, and its mail is owed: the sweep, which is awake by now, sends what can't be sent here.
      await untilSwept('The mail of a submitted brief was not sent', () =>
        tellSubmitted(submitted.uuid, { ...mailStore(database), send, links, clock }),
      );
      return submitted;
    },
  };
}

function reading(database: Database<unknown>) {
  return {
    find: (brief: string) => findBrief(database, brief),
    ofStage: (stage: string) => briefOfStage(database, stage),
    stages: (brief: string) => stagesOf(database, brief),
    stage: (stage: string) => findStage(database, stage),
    sums: (stages: readonly string[]) => sumsOf(database, stages),
    list: (filter: BriefFilter, page: Paging) => listBriefs(database, filter, page),
    articles: (filter: ArticleFilter, order: ArticleOrder, page: Paging) => listArticles(database, filter, order, page),
    accounts: (filter: AccountFilter, page: Paging) => listAccounts(database, filter, page),
    progress: (brief: string) => progressOf(database, brief),
    before: (brief: string) => briefsBefore(database, brief),
  };
}

function changing(database: Database<unknown>, env: DispatcherOptions, clock: Clock) {
  const { dispatch, exportStages, wakeSweep } = dispatcher(env, database, clock);
  const settings = env.BRIEFS_PLATFORMS;
  /** What follows from a change begins at once, or with the sweep that is awake before: the change itself is done. */
  const then = async <R>(change: () => Promise<R>, next: (changed: R) => Promise<void> = async () => undefined) => {
    await wakeSweep();
    const changed = await change();
    await untilSwept('What follows from a change is left to the sweep', async () => {
      await next(changed);
      await dispatch();
    });
    return changed;
  };
  return {
    submit: (brief: NewBrief) => then(() => submitBrief(database, brief, settings)),
    change: (brief: ChangedBrief) => then(() => changeBrief(database, brief, settings)),
    cancel: (brief: { readonly uuid: string; readonly reason: string }) =>
      then(
        () => cancelBrief(database, brief),
        ({ toExport }) => exportStages(toExport),
      ),
    // The sweep removes the objects.
    remove: (brief: string) => then(() => deleteBrief(database, brief)),
    runAgain: (part: Part) => then(() => runAgain(database, part)),
    exportAgain: (part: Parameters<typeof exportAgain>[1]) => then(() => exportAgain(database, part), exportStages),
    platforms: () => platformStates(database, settings, clock()),
    pause: (name: PlatformName, reason: string) => pausePlatform(database, name, reason),
    resume: (name: PlatformName) => then(() => resumePlatform(database, name)),
    probe: (name: PlatformName) => then(() => probePlatform(database, name, { settings, now: clock() })),
  };
}

/** Does work now if it can; if not, it says so and leaves the work to the sweep. */
async function untilSwept(said: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    logger().warn(said, { error: asError(error) });
  }
}
