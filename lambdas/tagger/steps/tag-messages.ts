import { PermanentError } from '#kit/errors.ts';
import type { StreamMessage } from '#kit/stream-handler.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { outgoingHeaders, type TaggerVersion, taggedMessage } from '../message/tagged-message.ts';
import type { CurrentTagger, PageRequest, Progress, Publish, RecordPlace, TaggedRecord } from '../ports.ts';
import type { Tagging } from '../tagging.ts';

export interface TagMessagesPorts {
  readonly tagger: () => Promise<Pick<CurrentTagger, 'tagAll' | 'version'>>;
  readonly publish: Publish;
  /** Puts them into the queue of pages; resolves when they are durable there. */
  readonly askForPages: (requests: readonly PageRequest[]) => Promise<void>;
  readonly progress: Progress;
  readonly clock: () => Date;
}

type Message = StreamMessage<IncomingMessage>;

/**
 * One partition's messages: those that need no page are tagged and published at once, in their order; the others wait
 * for their page in a queue, so that no slow site holds the partition. Resolves to what no topic would ever take.
 */
export async function tagMessages(messages: readonly Message[], ports: TagMessagesPorts, seen: readonly RecordPlace[]) {
  const plain = messages.filter(({ message }) => message.pageUrl === undefined);
  // Side by side: to wait for the queue would cost those without a page their time.
  const [asked, sent] = await Promise.allSettled([
    askAll(messages.flatMap(pageRequestOf), ports),
    tagAll(plain, ports),
  ]);
  if (asked.status === 'rejected') throw asked.reason;
  if (sent.status === 'rejected') throw sent.reason;
  const rejected = sent.value;
  const refused = new Set(rejected.map(({ record }) => record));
  const published = plain.flatMap(({ record }) => (refused.has(record) ? [] : [record]));
  await ports.progress.done(seen, published);
  return rejected;
}

/** Known as waiting before a worker can be done with it. */
async function askAll(requests: readonly PageRequest[], { progress, askForPages }: TagMessagesPorts): Promise<void> {
  if (requests.length === 0) return;
  await progress.asked(requests);
  await askForPages(requests);
}

async function tagAll(plain: readonly Message[], { tagger, clock, publish }: TagMessagesPorts) {
  const { tagAll: tag, version } = await tagger();
  const at = clock();
  const taggings = tag(plain.map(({ message }) => message.text));
  const tagged = plain.flatMap((message, index) => {
    const tagging = taggings[index];
    return tagging ? [{ record: message.record, tagged: taggedRecord(message, tagging, { version, at }) }] : [];
  });
  return publishAll(tagged, publish);
}

interface Outgoing {
  readonly record: Message['record'];
  readonly tagged: TaggedRecord;
}

async function publishAll(all: readonly Outgoing[], publish: Publish) {
  try {
    if (all.length > 0) await publish(all.map(({ tagged }) => tagged));
    return [];
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
  }
  // One of them is refused for good: one after the other shows which. The others are in the topic twice at most.
  const rejected: { record: Message['record']; error: unknown }[] = [];
  for (const { record, tagged } of all) {
    try {
      await publish([tagged]);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      rejected.push({ record, error });
    }
  }
  return rejected;
}

function taggedRecord(
  { message, record }: Message,
  tagging: Tagging,
  by: { version: TaggerVersion; at: Date },
): TaggedRecord {
  return {
    source: record,
    key: record.key,
    value: Buffer.from(taggedMessage(message, () => tagging, by)),
    headers: outgoingHeaders(record),
  };
}

function pageRequestOf({ message: { raw, pageUrl }, record }: Message): PageRequest[] {
  return pageUrl === undefined ? [] : [{ record, raw, url: pageUrl }];
}
