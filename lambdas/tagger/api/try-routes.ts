import * as z from 'zod';
import { resultOf } from '#kit/api/answers.ts';
import { route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import type { ReadPage } from '#pages/ports.ts';
import type { tryRoutes } from '../contract.ts';
import { taggedMessage } from '../message/tagged-message.ts';
import type { CurrentTagger } from '../ports.ts';
import { tried } from './answers.ts';

export interface TryPorts {
  readonly tagger: () => Promise<Pick<CurrentTagger, 'tag' | 'version'>>;
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
      text: z
        .string()
        .max(100_000)
        .meta({ examples: ['央行宣布降息,股市上漲。'] }),
      url: z.string().max(2000).optional().describe('A public page, http or https.'),
    })
    .catchall(z.undefined('Unknown field.')),
  handle: async ({ body: { text, url } }, { tagger, read, clock }: TryPorts) => {
    const page = url === undefined || url === '' ? undefined : await read(url);
    const { tag, version } = await tagger();
    const result = JSON.parse(taggedMessage({ raw: '{}', text, page }, tag, { version, at: clock() }));
    const exception = page?.state === 'failed' ? { exception: page.fault, reason: page.reason } : {};
    return { status: 200, body: { result: { ...result, ...exception } } };
  },
});

/** What `try` answers. */
export const tryApi = { 'POST /tagger/try': tryText } satisfies Record<(typeof tryRoutes)[number], unknown>;
