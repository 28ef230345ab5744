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
  const spans = withoutOverlaps(own);
  // Words and spans both come in the text's order: of the spans only the one that has begun last can cover a word.
  let [at, next, reach] = [0, 0, 0];
  const kept = words.filter((word) => {
    const begin = folded.indexOf(word, at);
    // Of a lone surrogate the word is U+FFFD, which the text hasn't: its place is unknown, and no own word is there.
    if (begin < 0) return true;
    at = begin + word.length;
    for (let span = spans[next]; span && span.begin <= begin; span = spans[next]) {
      reach = span.end;
      next += 1;
    }
    return at > reach;
  });
  return [...kept, ...spans.map(({ begin, end }) => folded.slice(begin, end))];
}

function withoutOverlaps(own: readonly Span[]): readonly Span[] {
  let covered = 0;
  return own
    .toSorted((a, b) => a.begin - b.begin || b.end - a.end)
    .filter(({ begin, end }) => {
      if (begin < covered) return false;
      covered = end;
      return true;
    });
}
