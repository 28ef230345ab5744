import * as z from 'zod';
import type { PageRequest } from '../ports.ts';

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));

/** A {@link PageRequest} in a queue: bytes as base64, a large message in the bucket. */
export const pageRequestMessage = z.object({
  url: z.string().min(1),
  topic: z.string().min(1),
  partition: z.int().nonnegative(),
  offset: z.int().nonnegative(),
  key: base64.optional(),
  headers: z.array(z.object({ name: z.string(), value: base64 })),
  /** The message's JSON, or the key of the object that holds it. */
  raw: z.union([z.string(), z.object({ object: z.string().min(1) })]),
});

export type PageRequestMessage = z.output<typeof pageRequestMessage>;

// SQS takes a MiB; ten messages of this size are a batch, with room for keys and headers.
const largestRawBytes = 64 * 1024;

interface Objects {
  readonly put: (key: string, text: string) => Promise<void>;
  readonly readText: (key: string) => Promise<string>;
}

/** The request as it goes into the queue. The object is there before its message. */
export async function packed({ record, raw, url }: PageRequest, objects: Pick<Objects, 'put'>) {
  const { topic, partition, offset, key, headers } = record;
  const large = Buffer.byteLength(raw) > largestRawBytes;
  const object = `tagger/messages/${topic}/${partition}/${offset}.json`;
  if (large) await objects.put(object, raw);
  return {
    url,
    topic,
    partition,
    offset,
    ...(key === undefined ? {} : { key: key.toString('base64') }),
    headers: headers.map(({ name, value }) => ({ name, value: value.toString('base64') })),
    raw: large ? { object } : raw,
  } satisfies z.input<typeof pageRequestMessage>;
}

/** The request as it went in. Throws a NotFoundError when the object is gone. */
export async function unpacked(message: PageRequestMessage, objects: Pick<Objects, 'readText'>): Promise<PageRequest> {
  const { url, topic, partition, offset, key, headers, raw } = message;
  return {
    url,
    record: { topic, partition, offset, key, headers },
    raw: typeof raw === 'string' ? raw : await objects.readText(raw.object),
  };
}
