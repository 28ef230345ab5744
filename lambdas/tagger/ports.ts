import type { StreamHeader, StreamRecord } from '#kit/stream/event.ts';
import type { TaggerVersion } from './message/tagged-message.ts';
import type { RuleReason } from './rules/rule-book.ts';
import type { BatchTagger, Tagger } from './tagging.ts';

/** Where a record stands in the broker. */
export type RecordPlace = Pick<StreamRecord, 'topic' | 'partition' | 'offset'>;

/** A message on its way out, in the order of its input. */
export interface TaggedRecord {
  readonly source: RecordPlace;
  readonly key: Buffer | undefined;
  readonly value: Buffer;
  readonly headers: readonly StreamHeader[];
}

/**
 * Puts them into the topic of their service; resolves when the broker has them all. Throws a PermanentError when one of
 * them is too large for the topic, an UnavailableError while the broker is away.
 */
export type Publish = (records: readonly TaggedRecord[]) => Promise<void>;

/** A message that waits for its page. */
export interface PageRequest {
  readonly record: Pick<StreamRecord, 'topic' | 'partition' | 'offset' | 'key' | 'headers'>;
  readonly raw: string;
  readonly url: string;
}

/** The tagger as it is just now: the rules may change while the function lives. */
export interface CurrentTagger {
  readonly tag: Tagger;
  readonly tagAll: BatchTagger;
  /** Which rules gave which tags to a text, and by what. */
  readonly explain: (text: string) => readonly RuleReason[];
  readonly version: TaggerVersion;
}

/** What came in and what became of it. Everything may be said twice. */
export interface Progress {
  /** These wait for their pages from now on. */
  readonly asked: (requests: readonly PageRequest[]) => Promise<void>;
  /** All records of one partition up to the last of these are done; `published` of them without a page. */
  readonly done: (places: readonly RecordPlace[], published: readonly RecordPlace[]) => Promise<void>;
  /** One that waited for its page has gone out, or can't. */
  readonly pageDone: (place: RecordPlace, state: 'published' | 'rejected') => Promise<void>;
}

/** What came into a service, and what became of it: in = out + waiting + failed, or something was lost. */
export interface ServiceCounts {
  readonly in: number;
  readonly out: number;
  /** For their page. */
  readonly waiting: number;
  /** In the ledger, whatever became of them there. */
  readonly failed: number;
}
