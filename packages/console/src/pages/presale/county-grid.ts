import { counties } from './counties.ts';

/** What of a run the grid needs. */
export interface GridRun {
  readonly name: string;
  readonly publication_date: string;
  readonly results: readonly {
    readonly county: string;
    readonly state: string;
    readonly good: number;
    readonly problems: number;
    readonly reason: string | null;
  }[];
}

/** One county in one run. */
export interface CountyCell {
  /** As the grid colours it. */
  readonly look: 'succeeded' | 'partial' | 'planned' | 'failed';
  readonly good: number;
  readonly problems: number;
  readonly reason: string | null;
  readonly publication: string;
}

interface CountyGrid {
  /** Of the runs, the oldest first. */
  readonly names: readonly string[];
  readonly rows: readonly { readonly county: string; readonly cells: readonly (CountyCell | undefined)[] }[];
}

/** Counties by runs; nothing where a run has not got to a county, or was not asked for it. */
export function countyGrid(newestFirst: readonly GridRun[]): CountyGrid {
  const runs = newestFirst.toReversed();
  const seen = new Set(runs.flatMap(({ results }) => results.map(({ county }) => county)));
  return {
    names: runs.map(({ name }) => name),
    rows: counties
      .filter((county) => seen.has(county))
      .map((county) => ({ county, cells: runs.map((run) => cellOf(run, county)) })),
  };
}

function cellOf({ results, publication_date }: GridRun, county: string): CountyCell | undefined {
  const found = results.find((result) => result.county === county);
  if (!found) return undefined;
  const { state, good, problems, reason } = found;
  const look = state === 'failed' ? 'failed' : problems > 0 ? 'partial' : state === 'empty' ? 'planned' : 'succeeded';
  return { look, good, problems, reason, publication: publication_date };
}
