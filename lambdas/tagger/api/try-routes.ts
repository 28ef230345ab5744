import * as z from 'zod';
import { resultOf } from '#kit/api/answers.ts';
import { type Route, route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import type { ReadPage } from '#pages/ports.ts';
import type { tryRoutes } from '../contract.ts';
import { taggedMessage } from '../message/tagged-message.ts';
import type { CurrentTagger } from '../ports.ts';
import { type RuleBook, readRules } from '../rules/rule-book.ts';
import { tried } from './answers.ts';
import { type RulesPorts, rulesApi, rulesText } from './rules-routes.ts';

type TryTagger = Pick<CurrentTagger, 'tag' | 'version' | 'explain'>;

export interface TryPorts {
  readonly tagger: () => Promise<TryTagger>;
  /** The same with rules that are not published. */
  readonly taggerOf: (rules: RuleBook) => TryTagger;
  readonly read: ReadPage;
  readonly clock: Clock;
}

/** POST /tagger/try: what would be published for a message of this text, and why its page couldn't be had. */
const tryText = route({
  summary: 'Tags a text now',
  permission: 'read',
  description: 'What would be published for a message of this text; nothing is. With `url` its page is read, too.',
  answers: { 200: resultOf(tried) },
  body: z
    .object({
      text: z.string().max(100_000).describe('A title, a post, an article.'),
      url: z.string().max(2000).optional().describe('A public page, http or https.'),
      rules: rulesText.optional().describe('Instead of those that count; published by nobody.'),
    })
    .catchall(z.undefined('Unknown field.'))
    // Without the fields that may be left out: a form made of the schema would send words for them.
    .meta({ examples: [{ text: '央行宣布降息,股市上漲。' }] }),
  handle: async ({ body: { text, url, rules } }, { tagger, taggerOf, read, clock }: TryPorts) => {
    // Wrong rules are told before a page is fetched.
    const { tag, version, explain } = rules === undefined ? await tagger() : taggerOf(readRules(rules));
    const page = url === undefined || url === '' ? undefined : await read(url);
    const result = JSON.parse(taggedMessage({ raw: '{}', text, page }, tag, { version, at: clock() }));
    const exception = page?.state === 'failed' ? { exception: page.fault, reason: page.reason } : {};
    const whole = page?.state === 'read' && page.content !== '' ? `${text}\n${page.content}` : text;
    return { status: 200, body: { result: { ...result, ...exception, rules: explain(whole) } } };
  },
});

/** What `try` answers. */
export const tryApi: Readonly<Record<(typeof tryRoutes)[number], Route<TryPorts & RulesPorts>>> = {
  'POST /tagger/try': tryText,
  ...rulesApi,
};
