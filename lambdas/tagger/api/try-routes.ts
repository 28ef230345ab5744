import * as z from 'zod';
import { route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import type { tryRoutes } from '../contract.ts';
import { taggedMessage } from '../message/tagged-message.ts';
import type { CurrentTagger, ReadPage } from '../ports.ts';

export interface TryPorts {
  readonly tagger: () => Promise<CurrentTagger>;
  readonly read: ReadPage;
  readonly clock: Clock;
}

/** POST /tagger/try: what would be published for a message of this text, and why its page couldn't be had. */
const tryText = route({
  body: z
    .object({ text: z.string().max(100_000), url: z.string().max(2000).optional() })
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
