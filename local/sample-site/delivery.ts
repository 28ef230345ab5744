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
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'endless headers':
      return endlessHeaders(response, answer.status);
    case 'wrong length': {
      const { bytes, read } = await ofKnownLength(answer);
      const length = String(Math.floor(bytes * delivery.factor));
      // The end of the connection is then the only true end.
      response.writeHead(answer.status, { ...answer.headers, 'content-length': length, connection: 'close' });
      return pipeline(read(), response);
    }
    case 'half': {
      const { bytes, read } = await ofKnownLength(answer);
      // Without a length the end of the connection, or of the chunks, is the only end there is.
      const length = delivery.declareWhole ? { 'content-length': String(bytes), connection: 'close' } : {};
      response.writeHead(answer.status, { ...answer.headers, ...length });
      return pipeline(read(Math.floor(bytes / 2)), response);
    }
    case 'half, then silence':
      return firstHalf(response, answer);
    case 'half, then reset':
      await firstHalf(response, answer);
      // A reset throws away what still stands in the other side's buffer; give it time to be read.
      await pause(50);
      response.socket?.resetAndDestroy();
  }
}

async function firstHalf(response: ServerResponse, answer: Answer): Promise<void> {
  const { bytes, read } = await ofKnownLength(answer);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(bytes) });
  await pipeline(read(Math.floor(bytes / 2)), response, { end: false });
  await new Promise((resolve) => response.write('', resolve));
}

/** Past Node.js, which would send a head only when it is whole. */
async function endlessHeaders({ socket }: ServerResponse, status: number): Promise<void> {
  socket?.write(`HTTP/1.1 ${status} OK\r\n`);
  for (let header = 0; socket && !socket.destroyed; header += 1) {
    socket.write(`x-filler-${header}: ${'0'.repeat(1000)}\r\n`);
    await pause(1);
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
