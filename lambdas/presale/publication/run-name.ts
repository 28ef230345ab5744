import { InvalidInputError } from '#kit/errors.ts';
import type { RunRequest } from '../contract.ts';
import { isPublicationDate } from './publication-date.ts';
import { beforeFirst, isBeforeFirst, seasonDate, seasonOfDate } from './season.ts';

/** What a run is of. `name` is the publication date, or the season. */
export interface RunSubject {
  readonly name: string;
  readonly publication_date: string;
  readonly season: string | null;
}

/**
 * Settles what a request asks for. A season's own date (2021-10-02) means the season.
 * Throws {@link InvalidInputError} unless exactly one of publication and season is named.
 */
export function runSubject(request: Pick<RunRequest, 'publication_date' | 'season'>): RunSubject {
  const { publication_date: date, season } = request;
  if (date && season) throw fault('season', 'Give publication_date or season, not both.');
  if (season) return ofSeason(season);
  if (!date) throw fault('publication_date', 'Missing data for required field: publication_date or season.');
  const seasonThere = seasonOfDate(date);
  if (seasonThere !== undefined) return ofSeason(seasonThere);
  if (!isPublicationDate(date))
    throw fault('publication_date', 'Not a publication date: days 1, 11 and 21 of a month.');
  return { name: date, publication_date: date, season: null };
}

/** The name of the first execution of a run; later ones get -2, -3 .. since Step Functions keeps names for 90 days. */
export function executionName(subject: RunSubject, ordinal = 1): string {
  const base = subject.season === null ? `publication-${subject.name}` : `season-${subject.name}`;
  return ordinal === 1 ? base : `${base}-${ordinal}`;
}

/** What an execution of that name is of; `undefined` for a name that is none of ours. */
export function subjectOfExecution(name: string): RunSubject | undefined {
  const [, date, season] = /^(?:publication-(\d{4}-\d\d-\d\d)|season-(\d{2,3}S[1-4]))(?:-\d+)?$/.exec(name) ?? [];
  try {
    return runSubject({ publication_date: date, season });
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

function ofSeason(season: string): RunSubject {
  if (isBeforeFirst(season)) throw fault('season', beforeFirst);
  return { name: season, publication_date: seasonDate(season), season };
}

function fault(field: string, reason: string): InvalidInputError {
  return new InvalidInputError({ json: { [field]: [reason] } });
}
