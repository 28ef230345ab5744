import type { Segment } from '#language/segmenter.ts';
import { simplified } from '#language/simplified.ts';
import type { ReadText } from './features.ts';
import { fold } from './fold.ts';

/**
 * What is read of a text, in UTF-16 code units: a long article, and about 40 ms. It bounds the time of a 5 MB message; what
 * a text is about it says before.
 */
export const readLength = 20_000;

/** The text as the model, the rules and the keywords see it. */
export function readText(text: string, segment: Segment): ReadText {
  const raw = text.length > readLength ? text.slice(0, readLength) : text;
  // NFKC makes eighteen signs of one (U+FDFA).
  const written = fold(raw).slice(0, readLength);
  const folded = simplified(written);
  return { raw, written, folded, words: segment(folded) };
}
