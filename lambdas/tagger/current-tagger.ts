import { segment } from '#language/segmenter.ts';
import { createBatchTagger, createTagger } from './create-tagger.ts';
import { readText } from './model/read-text.ts';
import type { TopicModel } from './model/topic-model.ts';
import type { CurrentTagger } from './ports.ts';
import type { RuleBook } from './rules/rule-book.ts';

/** The tagger of one model and the rules in force; made anew only when the rules are others. */
export function currentTagger(model: TopicModel, rulesInForce: () => Promise<RuleBook>): () => Promise<CurrentTagger> {
  let made: { readonly rules: RuleBook; readonly tagger: CurrentTagger } | undefined;
  return async () => {
    const rules = await rulesInForce();
    if (made?.rules !== rules) made = { rules, tagger: taggerOf(model, rules) };
    return made.tagger;
  };
}

/** The tagger of a model and rules, with their versions. */
export function taggerOf(model: TopicModel, rules: RuleBook): CurrentTagger {
  const version = { model: model.version, version: rules.version };
  return {
    tag: createTagger(model, rules),
    tagAll: createBatchTagger(model, rules),
    explain: (text) => rules.explain(readText(text, segment).written),
    version,
  };
}
