/** What one area was tried against, and how it came out. */
export interface Outcome {
  readonly area: string;
  /** The material, by its own name and version. */
  readonly against: string;
  readonly tried: number;
  /** Answered as the material says. */
  readonly equal: number;
  /** Refused by name before anything ran. */
  readonly refused: readonly string[];
  /** What came out otherwise, each in a few words. */
  readonly different: readonly string[];
}
