import * as z from 'zod';
import { crawledArticle } from './article/article.ts';
import type { Fate } from './collect/fates.ts';
import { type PlatformName, platformNames } from './platforms/names.ts';
import type { DriverName } from './platforms/platform.ts';
import type { AnsweredDetail, Ended, LockedTask, PageRead, ToldEnd, WrittenPage } from './stores/answer-store.ts';
import type { OpenCall } from './stores/calls/open-call-store.ts';
import type { Settled } from './stores/settle-store.ts';

/** An article on its way through Kafka: which task found it, and where it stands in the page as received. */
export const sentArticle = z.object({
  platform: z.enum(platformNames),
  brief_uuid: z.uuid(),
  stage_uuid: z.uuid(),
  task_uuid: z.uuid(),
  keyword: z.string(),
  page: z.int().min(1),
  place: z.string(),
  crawled_at: z.iso.datetime(),
  raw_key: z.string(),
  article: crawledArticle,
});
export type SentArticle = z.output<typeof sentArticle>;

/** What reading an answer needs of the outside. */
export interface AnswerPorts {
  readonly driverOf: (platform: PlatformName) => DriverName | 'off';
  /** In their order; `undefined` for a call that was answered, given back or cancelled since. */
  readonly open: (
    calls: readonly { readonly call: number; readonly attempt: number }[],
  ) => Promise<readonly (OpenCall | undefined)[]>;
  /** Removes an answer whose brief was deleted. */
  readonly dropAnswer: (call: number, rawKey: string) => Promise<void>;
  /** Decides under the task's lock; what was decided before keeps its fate. */
  readonly writeFates: (
    page: Pick<PageRead, 'call' | 'answer'>,
    decide: (task: LockedTask) => readonly Fate[],
  ) => Promise<WrittenPage>;
  /** Keeps what users' and notes' answers told, and ends their calls, together. */
  readonly endDetails: (details: readonly AnsweredDetail[]) => Promise<Settled>;
  readonly end: (call: OpenCall, told: Pick<ToldEnd, 'end' | 'outcome' | 'answer'>) => Promise<Ended>;
  /** The answer as received. Throws NotFoundError. */
  readonly raw: (key: string) => Promise<string>;
  /** Resolves when the broker has them all. */
  readonly send: (articles: readonly SentArticle[]) => Promise<void>;
  /** Asks for the files of stages. */
  readonly exportStages: (stages: readonly string[]) => Promise<void>;
  /** Has alerts sent about a platform that has stopped. */
  readonly wakeAlerts: () => Promise<void>;
  /** Gives the next calls their turns. */
  readonly dispatch: () => Promise<void>;
  /** Has turns given at that time, or a quarter of an hour from now at the latest. */
  readonly wakeAt: (time: Date) => Promise<void>;
  readonly clock: () => Date;
  readonly random: () => number;
}
