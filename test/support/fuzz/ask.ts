import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './judge.ts';
import type { Request } from './requests.ts';

const patience = { times: 60, milliseconds: 500 };

/** Asks as raw as HTTP allows: `fetch` would put right what is to be wrong. Where no instance is free it asks again. */
export function asker(base: string, headers: () => Readonly<Record<string, string>>) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  const { hostname, port } = new URL(base);
  const askOnce = async ({ method, target, body, ...request }: Request): Promise<Answer> => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const all = { ...headers(), ...request.headers, ...length };
    const sent = http.request({ agent, hostname, port, method, path: target, headers: all });
    const response = new Promise<http.IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve);
      sent.once('error', reject);
    });
    sent.end(body);
    const { statusCode = 0, headers: got } = await response;
    return { status: statusCode, headers: got, text: (await buffer(await response)).toString('utf8') };
  };
  return {
    async ask(request: Request): Promise<Answer> {
      for (let left = patience.times; ; left -= 1) {
        const answer = await askOnce(request);
        // The gateway's own, which has no id: on a busy machine the functions are all at work.
        const isBusy = answer.status === 503 && answer.headers['x-request-id'] === undefined;
        if (!isBusy || left === 0) return answer;
        await sleep(patience.milliseconds);
      }
    },
    close: () => agent.destroy(),
  };
}
