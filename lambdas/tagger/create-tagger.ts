import { topWords } from './keywords/keywords.ts';
import { withOwnWords } from './keywords/own-words.ts';
import { joinNames, segment } from './keywords/segmenter.ts';
import { readText } from './model/read-text.ts';
import type { TopicModel } from './model/topic-model.ts';
import type { RuleBook } from './rules/rule-book.ts';
import type { Tag, Tagger } from './tagging.ts';

// A topic less likely than one in ten is noise to whoever reads the tags; more than three are no answer.
const leastScore = 0.1;
const mostTopics = 3;

/** One tagger of a model and rules. Both are taken as they are: for other rules another tagger is made, which is cheap. */
export function createTagger(model: TopicModel, rules: RuleBook): Tagger {
  return (text) => {
    const read = readText(text, segment);
    const ruled = rules.match(read.folded);
    const words = withOwnWords(read.folded, joinNames(read.words), ruled.words);
    const tags = [...ruled.tags, ...topicsOf(model, model.classify(read))];
    return { tags: tags.sort((a, b) => b.score - a.score), keywords: topWords(words, model.rarity) };
  };
}

/** The likeliest topic always, two more where they are likely, too; none for a text in which the model knows nothing. */
function topicsOf(model: TopicModel, shares: Float64Array | undefined): Tag[] {
  const topics = [...(shares ?? [])].map((share, at) => ({
    tag: model.about.labels[at] ?? '',
    score: Math.round(share * 1e4) / 1e4,
    source: 'model' as const,
  }));
  topics.sort((a, b) => b.score - a.score);
  return topics.slice(0, mostTopics).filter(({ score }, at) => at === 0 || score >= leastScore);
}
