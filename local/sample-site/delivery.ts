import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from './answers.ts';
import type { Delivery } from './broken-answers.ts';
import { fileOfBytes } from './site-file.ts';

/** Sends an answer as it should be or as a fault wants it. Resolves also when the other side hangs up on the way. */
export async function deliver(response: ServerResponse, answer: Answer, delivery: Delivery): Promise<void> {
  try {
    await send(response, answer, delivery);
  } catch (error) {
    // The other side has had enough: nothing is left to answer.
    if (!response.destroyed) {
      throw error;
    }
  }
}

async function send(response: ServerResponse, answer: Answer, delivery: Delivery): Promise<void> {
  switch (delivery.how) {
    case 'whole':
      response.writeHead(answer.status, { ...answer.headers, ...contentLength(answer.bytes) });
      return pipeline(answer.read(), response);
    case 'drip':
      response.writeHead(answer.status, { ...answer.headers, ...contentLength(answer.bytes) });
      return pipeline(answer.read(), (chunks) => drip(chunks, delivery.bytesPerSecond), response);
    case 'half': {
      const { bytes, read } = await ofKnownLength(answer);
      // Without a length the end of the connection, or of the chunks, is the only end there is.
      const length = delivery.declareWhole ? { 'content-length': String(bytes), connection: 'close' } : {};
      response.writeHead(answer.status, { ...answer.headers, ...length });
      return pipeline(read(Math.floor(bytes / 2)), response);
    }
    case 'half, then reset': {
      const { bytes, read } = await ofKnownLength(answer);
      response.writeHead(answer.status, { ...answer.headers, 'content-length': String(bytes) });
      await pipeline(read(Math.floor(bytes / 2)), response, { end: false });
      await new Promise((resolve) => response.write('', resolve));
      // A reset throws away what still stands in the other side's buffer; give it time to be read.
      await pause(50);
      response.socket?.resetAndDestroy();
    }
  }
}

function contentLength(bytes: number | undefined): Record<string, string> {
  return bytes === undefined ? {} : { 'content-length': String(bytes) };
}

async function ofKnownLength(answer: Answer): Promise<{ bytes: number; read: Answer['read'] }> {
  return answer.bytes === undefined
    ? fileOfBytes(await buffer(answer.read()))
    : { bytes: answer.bytes, read: (first) => answer.read(first) };
}

const DRIPS_PER_SECOND = 10;

async function* drip(chunks: AsyncIterable<Uint8Array>, bytesPerSecond: number): AsyncGenerator<Uint8Array> {
  const size = Math.max(1, Math.floor(bytesPerSecond / DRIPS_PER_SECOND));
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.byteLength; start += size) {
      yield chunk.subarray(start, start + size);
      await pause((1000 * size) / bytesPerSecond);
    }
  }
}
