import { expect, test } from 'vitest';
import { createTagger } from '../../../lambdas/tagger/create-tagger.ts';
import { defaultModel } from '../../../lambdas/tagger/model/default-model.ts';
import { defaultRules } from '../../../lambdas/tagger/rules/default-rules.ts';
import { articlePage } from '../../../local/sample-site/article-page.ts';
import { firstMessage } from '../../../local/terminal/summary.ts';

test('the first message that people are shown gets the obvious tag', () => {
  const { text, article } = firstMessage;
  const tag = createTagger(defaultModel(), defaultRules());
  const paragraphs = [...(articlePage(article) ?? '').matchAll(/<p>(.+?)<\/p>/g)].map(([, said]) => said);

  // With its page, and as it is when the page can't be read.
  for (const said of [text, [text, ...paragraphs].join('\n')])
    expect(tag(said).tags[0], said).toMatchObject({ tag: 'sports', score: expect.toSatisfy((score) => score > 0.5) });
});
