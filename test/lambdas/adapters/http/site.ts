import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach } from 'vitest';
import { type HttpLimits, type HttpResponse, httpClient } from '#adapters/http.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A site of this machine, new for each test of the file that asks for it. */
export interface Site {
  readonly url: string;
  asked: { at: number; headers: IncomingMessage['headers'] }[];
  /** The nth request gets the nth answer, all further ones the last. */
  answers: Answer[];
  /** Nobody listens there any more. */
  close(): Promise<void>;
}

export function siteForEachTest(): Site {
  let server: Server;
  const site: Site = {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.csv`;
    },
    asked: [],
    answers: [],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  beforeEach(async () => {
    site.asked = [];
    server = createServer((request, response) => {
      site.asked.push({ at: performance.now(), headers: request.headers });
      void site.answers[Math.min(site.asked.length, site.answers.length) - 1]?.(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  return site;
}

/** A busy machine answers late: only a test of a time limit shortens it. */
export const limits: HttpLimits = {
  timeoutMs: 300_000,
  idleTimeoutMs: 300_000,
  totalTimeoutMs: 300_000,
  maxBytes: 1_000_000,
  attempts: 1,
  firstWaitMs: 5,
  longestWaitMs: 40,
};

export async function text({ body }: HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The text that a client with these limits reads. */
export function get({ url }: Site, changes: Partial<HttpLimits> = {}): Promise<string> {
  return httpClient({ ...limits, ...changes })(url, text);
}

export function say(body: string): Answer {
  return (_request, response) => response.end(body);
}
