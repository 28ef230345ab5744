import type { Day, Season } from './calendar.ts';
import type { SiteFile } from './site-file.ts';

/** One publication of the site. */
export interface Publication {
  readonly date: Day;
  readonly season: Season;
  /** Counties with deals, by letter; the others answer 404. */
  readonly files: readonly PublishedFile[];
}

/** Where a county's file of a publication comes from. */
interface PublishedFile {
  readonly county: string;
  /** Relative to the directory that is served; undefined for generated data. */
  readonly path?: string;
  /** The date it would have had, were another file of its county not there already. */
  readonly shiftedFrom?: Day;
}

/** What a site holds, generated or found in a directory. The site decides which part of it "today" shows. */
export interface Archive {
  /** Oldest first: made-up ones up to today, all of a directory. */
  publications(today: Day): Publication[];
  /** Seasons that can be asked for on a day, oldest first. */
  seasons(today: Day): Season[];
  /** The publication that is current on a day; undefined before the first one. */
  current(today: Day): Day | undefined;
  /** A county's file of one publication; undefined where it has no deals. */
  county(publication: Day, letter: string): Promise<SiteFile | undefined>;
  /** A county's file of a season; undefined where it has no deals. */
  season(season: Season, letter: string): Promise<SiteFile | undefined>;
  /** Files that were found and are not served, each with the reason. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  /** The day to start at where nobody says another. */
  readonly start: Day | undefined;
}
