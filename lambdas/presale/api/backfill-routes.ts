import { plannedBackfill } from '#kit/api/answers.ts';
import { authorOf, whoField } from '#kit/api/author.ts';
import { route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import { InvalidInputError } from '#kit/errors.ts';
import { type backfillRoutes, type SeasonRange, seasonRange } from '../contract.ts';
import { publicationAfter, taipeiDate } from '../publication/publication-date.ts';
import { beforeFirst, isBeforeFirst, seasonDate, seasonsBetween } from '../publication/season.ts';

/** Estimates, and starts unless it is a dry run: then there is no `id`. */
export type PlanSeasons = (
  seasons: readonly string[],
  request: SeasonRange,
  who: string,
) => Promise<{ readonly id: number | undefined; readonly estimate: object }>;

export interface BackfillPorts {
  readonly plan: PlanSeasons;
  readonly clock: Clock;
}

// Fifteen years: the ministry has published pre-sale deals for fewer.
const mostSeasons = 60;

/** POST /presale/backfills */
const postSeasons = route({
  summary: 'Loads a range of seasons',
  permission: 'operate',
  description: 'One after another; `dry_run` only estimates (200). Follow it at `/platform/backfills/{id}`.',
  answers: { 200: plannedBackfill, 202: plannedBackfill },
  body: seasonRange.extend({ who: whoField }),
  handle: async ({ body: { who, ...body }, caller }, { plan, clock }: BackfillPorts) => {
    const planned = await plan(seasonsOf(body, clock()), body, authorOf(caller, who));
    return { status: planned.id === undefined ? 200 : 202, body: { result: planned } };
  },
});

function seasonsOf({ from, to }: SeasonRange, now: Date): readonly string[] {
  const next = publicationAfter(taipeiDate(now));
  if (seasonDate(to) > next) throw fault('to', `Too early: the next publication is that of ${next}.`);
  if (isBeforeFirst(from)) throw fault('from', beforeFirst);
  const seasons = seasonsBetween(from, to, mostSeasons + 1);
  if (seasons.length === 0) throw fault('from', 'Lies after to.');
  if (seasons.length > mostSeasons) throw fault('from', `More than ${mostSeasons} seasons: take a shorter range.`);
  return seasons;
}

function fault(field: string, reason: string): InvalidInputError {
  return new InvalidInputError({ json: { [field]: [reason] } });
}

/** What `backfill-seasons` answers. */
export const backfillApi = { 'POST /presale/backfills': postSeasons } satisfies Record<
  (typeof backfillRoutes)[number],
  unknown
>;
