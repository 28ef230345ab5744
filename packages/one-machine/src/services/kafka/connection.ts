import type { Socket } from 'node:net';
import type { Answering } from './answers/answering.ts';
import { errors } from './wire/errors.ts';
import { MalformedRequestError, Reader } from './wire/reader.ts';
import { nullableString } from './wire/types.ts';
import { Writer } from './wire/writer.ts';

// Kafka's own socket.request.max.bytes.
const largestRequestBytes = 100 * 1024 * 1024;
const lengthBytes = 4;
const apiVersionsKey = 18;

/**
 * Answers one client, one request after the other in their order, as a broker does: a client may send the next before it
 * has the answer, and counts on their order. A request of no known form ends the connection.
 */
export function serve(
  socket: Socket,
  answers: ReadonlyMap<number, Answering>,
  onError: (message: string) => void,
): void {
  const gone = new AbortController();
  const waiting: Buffer[] = [];
  let busy = false;
  const host = socket.remoteAddress ?? '';

  const work = async () => {
    if (busy) return;
    busy = true;
    for (let frame = waiting.shift(); frame && !gone.signal.aborted; frame = waiting.shift()) {
      const pieces = await answerOf(frame, answers, { host, gone: gone.signal });
      if (pieces && !socket.destroyed) send(socket, pieces);
    }
    busy = false;
    socket.resume();
  };

  const cut = framesOf();
  socket.setNoDelay(true);
  socket.on('data', (bytes: Buffer) => {
    try {
      waiting.push(...cut(bytes));
    } catch (error) {
      socket.destroy(error as Error);
      return;
    }
    // A client that sends faster than it is answered waits in its own buffers.
    if (waiting.length > 1) socket.pause();
    work().catch((error: unknown) => {
      if (!gone.signal.aborted) onError(`A client at ${host}: ${String(error)}`);
      socket.destroy();
    });
  });
  socket.on('error', () => undefined);
  socket.on('close', () => gone.abort());
}

async function answerOf(
  frame: Buffer,
  answers: ReadonlyMap<number, Answering>,
  caller: { readonly host: string; readonly gone: AbortSignal },
): Promise<readonly Buffer[] | undefined> {
  const from = new Reader(frame);
  const key = from.int16();
  const version = from.int16();
  const correlation = from.int32();
  const clientId = nullableString.read(from, 0) ?? '';
  const known = answers.get(key);
  const into = new Writer();
  into.int32(correlation);
  const [first, last] = known?.api.versions ?? [0, -1];
  if (known && version >= first && version <= last) {
    const answer = await known.answer(requestOf(known.api, from, version), { version, clientId, ...caller });
    if (answer === undefined) return undefined;
    known.api.answer.write(into, answer, version);
    return into.frame();
  }
  if (key !== apiVersionsKey || !known) throw new Error(`asks for API ${key} in version ${version}`);
  // A newer client is told in the oldest form what there is, and asks again.
  const all = [...answers.values()].map(({ api }) => api);
  known.api.answer.write(into, { error: errors.unsupportedVersion, apis: all }, 0);
  return into.frame();
}

/** The log's reader wants to know what was asked. */
function requestOf(api: Answering['api'], from: Reader, version: number): unknown {
  try {
    return api.request.read(from, version);
  } catch (error) {
    if (error instanceof MalformedRequestError) error.message += ` (${api.name}, version ${version})`;
    throw error;
  }
}

function send(socket: Socket, pieces: readonly Buffer[]): void {
  socket.cork();
  for (const piece of pieces) socket.write(piece);
  socket.uncork();
}

/** Cuts a stream of bytes into requests, each led by its length. Throws when one is longer than Kafka takes. */
function framesOf(): (bytes: Buffer) => Buffer[] {
  let parts: Buffer[] = [];
  let length = 0;
  return (bytes) => {
    parts.push(bytes);
    length += bytes.length;
    const frames: Buffer[] = [];
    for (let needed = neededFor(parts, length); length >= needed; needed = neededFor(parts, length)) {
      const all = parts.length === 1 ? (parts[0] ?? bytes) : Buffer.concat(parts, length);
      frames.push(all.subarray(lengthBytes, needed));
      length -= needed;
      parts = length > 0 ? [all.subarray(needed)] : [];
    }
    return frames;
  };
}

function neededFor(parts: Buffer[], length: number): number {
  if (length < lengthBytes) return Number.POSITIVE_INFINITY;
  const [first] = parts;
  if (first && first.length < lengthBytes) parts.splice(0, parts.length, Buffer.concat(parts, length));
  const size = parts[0]?.readInt32BE(0) ?? 0;
  if (size < 0 || size > largestRequestBytes) throw new Error(`A request of ${size} bytes`);
  return lengthBytes + size;
}
