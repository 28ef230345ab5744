import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Answer } from './judge.ts';
import type { Request } from './requests.ts';

/** Asks as raw as HTTP allows: `fetch` would put right what is to be wrong. */
export function asker(base: string, headers: () => Readonly<Record<string, string>>) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  return {
    async ask(request: Request): Promise<Answer> {
      const { hostname, port } = new URL(base);
      const sent = http.request({
        agent,
        hostname,
        port,
        method: request.method,
        path: request.target,
        headers: { ...headers(), ...request.headers, ...lengthOf(request) },
      });
      const response = new Promise<http.IncomingMessage>((resolve, reject) => {
        sent.once('response', resolve);
        sent.once('error', reject);
      });
      sent.end(request.body);
      const { statusCode = 0, headers: got } = await response;
      return { status: statusCode, headers: got, text: (await buffer(await response)).toString('utf8') };
    },
    close: () => agent.destroy(),
  };
}

function lengthOf({ body }: Request): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}
