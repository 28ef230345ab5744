/** From its first code unit to behind its last. */
interface Span {
  readonly begin: number;
  readonly end: number;
}

/**
 * Puts words of the user dictionary in the place of the pieces that they were cut into. Of two that overlap the earlier
 * one counts, of two that begin together the longer. Pieces that an own word cuts through are kept.
 *
 * This is done here and not in jieba's dictionary: that is one per process and forgets nothing, so rules that were taken
 * back would go on working, and the model would see words cut in another way than at its training.
 */
export function withOwnWords(folded: string, words: readonly string[], own: readonly Span[]): string[] {
  if (own.length === 0) return [...words];
  const spans = own.toSorted((a, b) => a.begin - b.begin || b.end - a.end);
  const merged: string[] = [];
  let covered = 0;
  for (const { begin, end } of spans) {
    if (begin < covered) continue;
    merged.push(folded.slice(begin, end));
    covered = end;
  }
  let at = 0;
  const kept = words.filter((word) => {
    const begin = folded.indexOf(word, at);
    // Of a lone surrogate the word is U+FFFD, which the text hasn't: its place is unknown, and no own word is there.
    if (begin < 0) return true;
    at = begin + word.length;
    return !spans.some((span) => begin >= span.begin && at <= span.end);
  });
  return [...kept, ...merged];
}
