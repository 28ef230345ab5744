/** One value of a good row, ready for its column. Dates are `2022-07-13`; areas stay text: they are exact decimals. */
export type DealValue = string | number | null;

/** One reason why a row is not good. */
export interface ProblemReason {
  /** The file's own name of the column; '' when the whole row is meant. */
  readonly column: string;
  readonly reason: string;
}

/** One row of a file. `line` is its line in the file; the header is line 1. */
export type FileRow =
  | {
      readonly state: 'good';
      readonly line: number;
      /** In the order of `columns`: an object per row would take half of the time of reading a file. */
      readonly values: readonly DealValue[];
    }
  | {
      readonly state: 'problem';
      readonly line: number;
      /** The raw values by the file's own column names. */
      readonly raw: Readonly<Record<string, string>>;
      /** All of them, never only the first. */
      readonly reasons: readonly ProblemReason[];
    };
