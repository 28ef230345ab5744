import type { ProblemReason } from '../file/file-row.ts';
import type { CountyLetter } from '../publication/counties.ts';

/** Cells by the file's Chinese column names. */
export type Cells = Readonly<Record<string, string>>;

/** Whose problem rows: one county's of one publication, or of a season by its date. */
export interface ProblemPlace {
  readonly publicationDate: string;
  readonly letter: CountyLetter;
}

/** A problem row as a correction finds it. */
export interface FoundProblem {
  readonly line_number: number;
  readonly raw: Cells;
}

/** The problem rows that a correction may be of: some lines of a place, or all of it. */
export interface ProblemRows extends ProblemPlace {
  readonly lines?: readonly number[] | undefined;
}

/** What a person changes in one problem row. */
export interface Change {
  readonly line_number: number;
  readonly cells: Cells;
}

/** Who corrects, and by which version of which file (null: by the API). The same version twice is one correction. */
export interface Author {
  readonly who: string;
  readonly source: string | null;
}

/**
 * What became of one row. `kept-newer`: right, but a newer publication has the deal by now. `unchanged`: it has these
 * values already. Of a correction that comes again: what became of it the first time.
 */
export interface CorrectedRow {
  readonly line_number: number;
  readonly state: 'loaded' | 'kept-newer' | 'problem' | 'unchanged';
  readonly reasons: readonly ProblemReason[];
}

export interface CorrectionBook {
  /** A problem row and where it stands; `undefined` when there is no such id. */
  find(id: number): Promise<(ProblemPlace & FoundProblem) | undefined>;
  /**
   * Applies what `choose` makes of these problem rows, all of it or nothing; the statistics and the failure ledger follow
   * in the same transaction. Throws NotFoundError without a run.
   */
  correct(
    rows: ProblemRows,
    author: Author,
    choose: (problems: readonly FoundProblem[]) => readonly Change[],
  ): Promise<readonly CorrectedRow[]>;
  /** The run that a place's problem rows belong to. */
  runName(place: ProblemPlace): Promise<string>;
}
