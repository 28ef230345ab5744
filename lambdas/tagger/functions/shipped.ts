import { once } from '#kit/once.ts';
import { createTagger } from '../create-tagger.ts';
import { defaultModel } from '../model/default-model.ts';
import { defaultRules } from '../rules/default-rules.ts';

/** The tagger as the project ships it, made at the first text: model, rules and dictionary take a second to load. */
export const shipped = once(() => createTagger(defaultModel(), defaultRules()));
