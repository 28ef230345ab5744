import { PermanentError } from '#kit/errors.ts';
import { longestUrl } from '#kit/pages/longest-url.ts';
import type { StreamRecord } from '#kit/stream/event.ts';
import { type Form, textOf } from '#kit/stream/read.ts';
import { parsedJson } from '#kit/text/json.ts';

/** A message as far as the tagger reads it; everything else in it passes through. */
export interface IncomingMessage {
  /** The JSON text as it came: what is published is this text with members added. */
  readonly raw: string;
  readonly text: string;
  /** Of the page to read with the text; `undefined` where none is asked for. */
  readonly pageUrl: string | undefined;
}

/** Why a record is no message. */
type MessageFault = 'NotText' | 'NotJson' | 'NotAnObject' | 'TextMissing';

/** The record can never be tagged; the name says why, and groups it in the ledger. */
export class MessageError extends PermanentError {
  override readonly name: MessageFault;

  constructor(name: MessageFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** The type of messages that come with a page. */
const pageType = 3;

/** A JSON object with a `text`. Throws a {@link MessageError} for anything else. */
export const incomingMessage: Form<IncomingMessage> = {
  read(record) {
    const raw = textIn(record);
    const value = jsonIn(raw);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new MessageError('NotAnObject', 'The message is JSON, but no object');
    const { text, type, url } = value as Readonly<Record<string, unknown>>;
    if (typeof text !== 'string') throw new MessageError('TextMissing', 'The message has no text, or it is no string');
    // A queue must take it, whatever stands there.
    const pageUrl =
      type === pageType && typeof url === 'string' && url !== '' ? url.slice(0, longestUrl + 1) : undefined;
    return { raw, text, pageUrl };
  },
};

function textIn(record: StreamRecord): string {
  try {
    return textOf(record);
  } catch (cause) {
    throw new MessageError('NotText', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function jsonIn(raw: string): unknown {
  const { value, error: cause } = parsedJson(raw);
  if (value === undefined) throw new MessageError('NotJson', 'The message is not JSON', { cause });
  return value;
}
