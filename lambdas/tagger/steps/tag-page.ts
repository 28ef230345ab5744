import { PermanentError } from '#kit/errors.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import type { PageCache } from '#pages/ports.ts';
import { type MessagePage, outgoingHeaders, taggedMessage } from '../message/tagged-message.ts';
import type { CurrentTagger, PageRequest, Progress, Publish } from '../ports.ts';

export interface TagPagePorts {
  readonly tagger: () => Promise<Pick<CurrentTagger, 'tag' | 'version'>>;
  readonly pages: Pick<PageCache, 'get'>;
  readonly publish: Publish;
  readonly progress: Progress;
  /** Resolves when the failures are durable on their way into the ledger. */
  readonly report: (failures: readonly NewFailure[]) => Promise<void>;
  readonly clock: () => Date;
}

/**
 * A message whose page was asked for: tagged on its text and the page's, or on its text alone, with an alert that says
 * why. The alert is durable before the message goes out: published and silent can't be.
 */
export async function tagPage(request: PageRequest, ports: TagPagePorts): Promise<void> {
  const page = (await ports.pages.get(request.url)) ?? lost;
  const at = ports.clock();
  if (page.state === 'failed') await ports.report([failureOf(request, page, at)]);
  let refused = await publishWith(page, request, { ports, at });
  if (refused && page.state === 'read') {
    // The message alone may be small enough: it doesn't pay for its page.
    const tooLarge = { state: 'failed', fault: 'TooLarge', reason: `With its page: ${refused.message}` } as const;
    await ports.report([failureOf(request, tooLarge, at)]);
    refused = await publishWith(tooLarge, request, { ports, at });
  }
  if (refused) {
    const { name, message } = refused;
    await ports.report([failureOf(request, { fault: name, reason: message }, at, 'refused')]);
  }
  await ports.progress.pageDone(request.record, refused ? 'rejected' : 'published');
}

/** Publishes the message; resolves to why no topic would ever take it. */
async function publishWith(
  page: MessagePage,
  { record, raw }: PageRequest,
  { ports, at }: { readonly ports: TagPagePorts; readonly at: Date },
): Promise<PermanentError | undefined> {
  const { tag, version } = await ports.tagger();
  const { text } = JSON.parse(raw) as { readonly text: string };
  const tagged = {
    source: record,
    key: record.key,
    value: Buffer.from(taggedMessage({ raw, text, page }, tag, { version, at })),
    headers: outgoingHeaders(record),
  };
  try {
    await ports.publish([tagged]);
    return undefined;
  } catch (error) {
    if (error instanceof PermanentError) return error;
    throw error;
  }
}

/** It waited for longer than pages are kept. */
const lost = { state: 'failed', fault: 'PageLost', reason: 'It is no longer kept' } as const;

/** The alert's words are those of the existing consumers of alerts: `Exception` and `raw_json`. */
function failureOf(
  { record: { topic, partition, offset }, raw, url }: PageRequest,
  { fault, reason }: { readonly fault: string; readonly reason: string },
  occurredAt: Date,
  what: 'page' | 'refused' = 'page',
): NewFailure {
  return {
    naturalKey: `step:tagger/fetch-page:${what}:${topic}:${partition}:${offset}`,
    workload: 'tagger',
    sourceKind: 'step',
    sourceName: 'fetch-page',
    reason: fault,
    message: `${topic}, partition ${partition}, offset ${offset}: ${url}: ${reason}`,
    input: `{"Exception":${JSON.stringify(fault)},"raw_json":${raw}}`,
    attributes: { host: URL.canParse(url) ? new URL(url).host : '' },
    occurredAt,
  };
}
