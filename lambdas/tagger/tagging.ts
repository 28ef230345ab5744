import type { Keyword } from '#language/keywords.ts';

/** One tag of a text. */
export interface Tag {
  readonly tag: string;
  /** 0 to 1: of a model the calibrated probability that the tag is right, of a rule what its file says. */
  readonly score: number;
  readonly source: 'model' | 'rule';
}

/** What is known of a text; both lists with the best first. */
export interface Tagging {
  readonly tags: readonly Tag[];
  readonly keywords: readonly Keyword[];
}

/** Tags any string whatever, without I/O; a long text is read up to a bound, so that the time it takes is bounded too. */
export type Tagger = (text: string) => Tagging;

/** The same for many texts at once, which takes less time; in their order. */
export type BatchTagger = (texts: readonly string[]) => Tagging[];
