import * as z from 'zod';
import { readJsonAs } from '#kit/text/json.ts';
import type { PageRequest } from '../ports.ts';

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));

/** What a message brings along: bytes as base64. */
const load = z.object({
  key: base64.optional(),
  headers: z.array(z.object({ name: z.string(), value: base64.nullable() })),
  /** The message's JSON. */
  raw: z.string(),
});

/** A {@link PageRequest} in a queue. */
export const pageRequestMessage = z.object({
  url: z.string().min(1),
  topic: z.string().min(1),
  partition: z.int().nonnegative(),
  offset: z.int().nonnegative(),
  /** What the message brings along, or the key of the object that holds it. */
  load: z.union([z.string().min(1), z.record(z.string(), z.unknown())]),
});

export type PageRequestMessage = z.output<typeof pageRequestMessage>;

// SQS takes a MiB; ten messages of this size are a batch.
const largestLoadBytes = 64 * 1024;

interface Objects {
  readonly put: (key: string, text: string) => Promise<void>;
  readonly readText: (key: string) => Promise<string>;
}

/** The request as it goes into the queue. The object is there before its message. */
export async function packed(
  { record, raw, url }: PageRequest,
  objects: Pick<Objects, 'put'>,
): Promise<PageRequestMessage> {
  const { topic, partition, offset, key, headers } = record;
  const brought = {
    ...(key === undefined ? {} : { key: key.toString('base64') }),
    headers: headers.map(({ name, value }) => ({ name, value: value?.toString('base64') ?? null })),
    raw,
  } satisfies z.input<typeof load>;
  const text = JSON.stringify(brought);
  const place = { url, topic, partition, offset };
  if (Buffer.byteLength(text) <= largestLoadBytes) return { ...place, load: brought };
  const object = `tagger/messages/${topic}/${partition}/${offset}.json`;
  await objects.put(object, text);
  return { ...place, load: object };
}

/** The request as it went in. Throws a NotFoundError when the object is gone. */
export async function unpacked(message: PageRequestMessage, objects: Pick<Objects, 'readText'>): Promise<PageRequest> {
  const { url, topic, partition, offset } = message;
  const { key, headers, raw } =
    typeof message.load === 'string'
      ? readJsonAs(load, await objects.readText(message.load), 'What the message brings along')
      : load.parse(message.load);
  return { url, record: { topic, partition, offset, key, headers }, raw };
}
