import { z } from 'zod';
import { readJsonAs } from '#kit/text/json.ts';
import type { ModelKind } from './model.ts';

const headSchema = z.object({
  kind: z.string(),
  items: z.array(z.string()),
  parameters: z.unknown().optional(),
  arrays: z.record(z.string(), z.number().int().nonnegative()),
});

export type Packable = Int32Array | Float32Array;

/** A model's file: the length of the head in 4 bytes, the head as JSON padded to 4, then the arrays as they lie (little end first). */
export function packed(
  head: { kind: ModelKind; items: readonly string[]; parameters?: unknown },
  arrays: Record<string, Packable>,
): Uint8Array {
  const lengths = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.byteLength]));
  const text = Buffer.from(JSON.stringify({ ...head, arrays: lengths }));
  const padding = Buffer.alloc((4 - (text.length % 4)) % 4, ' ');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length + padding.length);
  return Buffer.concat([
    length,
    text,
    padding,
    ...Object.values(arrays).map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)),
  ]);
}

/** Takes a model's file apart. Throws RangeError where it is cut off or is another kind's. */
export function unpacked(bytes: Uint8Array, kind: ModelKind) {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headEnd = 4 + view.readUInt32LE(0);
  const head = readJsonAs(headSchema, view.toString('utf8', 4, headEnd), `the head of a model of ${kind}`);
  if (head.kind !== kind) throw new RangeError(`a model of ${head.kind} cannot be read as one of ${kind}`);
  const arrays = new Map<string, ArrayBuffer>();
  let at = headEnd;
  for (const [name, length] of Object.entries(head.arrays)) {
    if (at + length > view.length) throw new RangeError(`a model of ${kind} ends before its ${name}`);
    // A copy: what follows the head is aligned to the file, not to its place in memory.
    arrays.set(name, new Uint8Array(view.subarray(at, at + length)).buffer);
    at += length;
  }
  const array = (name: string): ArrayBuffer => {
    const found = arrays.get(name);
    if (found === undefined) throw new RangeError(`a model of ${kind} has no ${name}`);
    return found;
  };
  return { head, array };
}
