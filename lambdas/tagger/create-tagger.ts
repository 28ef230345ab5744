import { batches } from '#kit/messages/batches.ts';
import { type Keyword, topWords } from '#language/keywords.ts';
import { joinNames } from '#language/names.ts';
import { withOwnWords } from '#language/own-words.ts';
import { segment } from '#language/segmenter.ts';
import { simplified } from '#language/simplified.ts';
import type { ReadText } from './model/features.ts';
import { readText } from './model/read-text.ts';
import type { TopicModel } from './model/topic-model.ts';
import type { RuleBook } from './rules/rule-book.ts';
import type { BatchTagger, Tag, Tagger, Tagging } from './tagging.ts';

// A topic less likely than one in ten is noise to readers of the tags; more than three are no answer.
const leastScore = 0.1;
const mostTopics = 3;

// What is read of texts at once, in UTF-16 code units: some thousand headlines, or a few articles.
const readTogether = 65_536;

/** One tagger of a model and rules. Both are taken as they are: for other rules another tagger is made, which is cheap. */
export function createTagger(model: TopicModel, rules: RuleBook): Tagger {
  const { read, conclude } = stages(model, rules);
  return (text) => conclude(read(text));
}

/**
 * The same for many texts. All are segmented, then all are classified: dictionary and model are larger than a processor's
 * cache, and to change between them with each text costs time.
 */
export function createBatchTagger(model: TopicModel, rules: RuleBook): BatchTagger {
  const { read, conclude } = stages(model, rules);
  return (texts) => {
    const together = batches(texts, { size: readTogether }, ({ length }) => length);
    return [...together].flatMap((few) => few.map(read).map(conclude));
  };
}

interface Cut {
  readonly text: ReadText;
  readonly words: string[];
}

function stages(model: TopicModel, rules: RuleBook) {
  return {
    read: (raw: string): Cut => {
      const text = readText(raw, segment);
      return { text, words: joinNames(text.words) };
    },
    conclude: ({ text, words }: Cut): Tagging => {
      const ruled = rules.match(text.written);
      const tags = [...ruled.tags, ...topicsOf(model, model.knows(text) ? model.classify(text) : undefined)];
      return { tags: tags.sort((a, b) => b.score - a.score), keywords: keywordsOf(model, text, words, ruled.words) };
    },
  };
}

/** Words count by their simplified form, by which the model and the stop words know them, and are told as written. */
function keywordsOf(
  { rarity }: TopicModel,
  { written, folded }: ReadText,
  words: readonly string[],
  own: ReturnType<RuleBook['match']>['words'],
): Keyword[] {
  if (written === folded) return topWords(withOwnWords(folded, words, own), rarity);
  const said = withOwnWords(folded, words, own);
  const first = new Map<string, string>();
  const forms = [...own.map(({ begin, end }) => written.slice(begin, end)), ...wordsAsWritten(written, folded, words)];
  for (const form of forms) if (!first.has(simplified(form))) first.set(simplified(form), form);
  return topWords(said, rarity).map(({ word, weight }) => ({ word: first.get(word) ?? word, weight }));
}

/** Each word as it stands in the text, whose signs have the same places in both forms. */
function wordsAsWritten(written: string, folded: string, words: readonly string[]): string[] {
  let at = 0;
  return words.map((word) => {
    const begin = folded.indexOf(word, at);
    // Of a lone surrogate the word is U+FFFD, which the text hasn't.
    if (begin < 0) return word;
    at = begin + word.length;
    return written.slice(begin, at);
  });
}

/** The likeliest topic always, two more where they are likely, too; none for a text of which the model knows too little. */
function topicsOf({ about: { labels } }: TopicModel, shares: Float64Array | undefined): Tag[] {
  if (!shares) return [];
  const highest = Math.max(...shares);
  const topics: Tag[] = [];
  for (let at = 0; at < shares.length; at += 1) {
    const share = shares[at] ?? 0;
    const score = Math.round(share * 1e4) / 1e4;
    if (score >= leastScore || share === highest) topics.push({ tag: labels[at] ?? '', score, source: 'model' });
  }
  return topics.sort((a, b) => b.score - a.score).slice(0, mostTopics);
}
