import type { StreamHeader, StreamRecord } from '#kit/stream/event.ts';
import type { Tagger } from '../tagging.ts';
import { withMembers } from './json-members.ts';

/** The page of a message; `fault`: it could not be had, and why. */
export type MessagePage =
  | {
      readonly state: 'read';
      /** How long the fetch took. */
      readonly seconds: number;
      readonly content: string;
      readonly html: string;
      readonly htmlTruncated: boolean;
    }
  | { readonly state: 'failed' };

/** Which model says so. */
export interface TaggerVersion {
  readonly model: string;
  readonly version: string;
}

export interface Tagged {
  readonly raw: string;
  readonly text: string;
  readonly page?: MessagePage | undefined;
}

/** The message's JSON with what is known of it now. `at`: when it was tagged. */
export function taggedMessage(message: Tagged, tag: Tagger, { version, at }: { version: TaggerVersion; at: Date }) {
  const { raw, text, page } = message;
  const content = page?.state === 'read' ? page.content : '';
  return withMembers(raw, {
    ...(page ? pageMembers(page) : {}),
    ...tag(content === '' ? text : `${text}\n${content}`),
    taggedAt: at.toISOString(),
    tagger: version,
  });
}

function pageMembers(page: MessagePage): Readonly<Record<string, unknown>> {
  if (page.state === 'failed') return { webCrawlConsume: 0, content: '', contentHtml: '' };
  return {
    webCrawlConsume: page.seconds,
    content: page.content,
    contentHtml: page.html,
    ...(page.htmlTruncated ? { contentHtmlTruncated: true } : {}),
  };
}

/** The headers of what is published: those of the input, and where it came from, for consumers that drop repeats. */
export function outgoingHeaders(
  record: Pick<StreamRecord, 'topic' | 'partition' | 'offset' | 'headers'>,
): StreamHeader[] {
  const { topic, partition, offset, headers } = record;
  return [
    ...headers,
    ...Object.entries({ topic, partition, offset }).map(([name, value]) => ({
      name: `millrace-source-${name}`,
      value: Buffer.from(String(value)),
    })),
  ];
}
