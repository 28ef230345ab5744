import type { Dictionary } from './dictionary-file.ts';

/** Appends the words of `text` from `begin` to before `end`, a stretch in which dictionary words may stand. */
export type CutStretch = (text: string, begin: number, end: number, words: string[]) => void;

const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isDigitOrLatin = (unit: number) =>
  (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);

/** From each place of a stretch where its likeliest first word ends; used again for the next stretch. */
type FindEnds = (text: string, begin: number, end: number) => Int32Array;

/**
 * Cuts as jieba does without its hidden Markov model: of all ways to cut a stretch into words of the dictionary the likeliest,
 * each word with its share of all words; a sign that begins no word counts as one seen once. Of ways as likely as each other
 * the one with the longer first word. Latin letters and digits that stand alone side by side are one word.
 */
export function likeliestWords(dictionary: Dictionary): CutStretch {
  const endsOf = wayFinder(dictionary);
  return (text, begin, end, words) => {
    const ends = endsOf(text, begin, end);
    let alone = -1;
    for (let at = begin; at < end; ) {
      const next = begin + (ends[at - begin] as number);
      if (next === at + 1 && isDigitOrLatin(text.charCodeAt(at))) {
        if (alone < 0) alone = at;
      } else {
        if (alone >= 0) words.push(text.slice(alone, at));
        alone = -1;
        words.push(text.slice(at, next));
      }
      at = next;
    }
    if (alone >= 0) words.push(text.slice(alone, end));
  };
}

function wayFinder({ numbers, cells, ranks, frequencies, total }: Dictionary): FindEnds {
  const wholeLog = Math.log(total);
  const logs = Float64Array.from(frequencies, (frequency) => Math.log(frequency) - wholeLog);
  const unknownLog = Math.log(1) - wholeLog;
  // From each place to the end the logarithm of the likeliest way.
  let scores = new Float64Array(1024);
  let ends = new Int32Array(1024);
  return (text, begin, end) => {
    const length = end - begin;
    if (scores.length <= length) [scores, ends] = [new Float64Array(length * 2), new Int32Array(length * 2)];
    scores[length] = 0;
    for (let from = length - 1; from >= 0; from -= 1) {
      const unit = text.charCodeAt(begin + from);
      if (isLowSurrogate(unit)) continue;
      let [best, bestEnd, state] = [0, 0, 0];
      for (let at = from; at < length; at += 1) {
        const number = numbers[text.charCodeAt(begin + at)] as number;
        const cell = (cells[state * 2 + 1] as number) + number;
        if (number === 0 || cells[cell * 2] !== state) break;
        state = cell;
        const rank = ranks[cell] as number;
        if (rank === 0) continue;
        const score = (logs[rank] as number) + (scores[at + 1] as number);
        if (bestEnd === 0 || score >= best) [best, bestEnd] = [score, at + 1];
      }
      if (bestEnd === 0) {
        bestEnd = from + (isHighSurrogate(unit) ? 2 : 1);
        best = unknownLog + (scores[bestEnd] as number);
      }
      scores[from] = best;
      ends[from] = bestEnd;
    }
    return ends;
  };
}
