import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonPoster } from '#adapters/public-http/post-json.ts';
import { NoAnswerError, TransientError } from '#kit/errors.ts';
import { impatient, orSlowly } from '../../../../lambdas/tasks/steps/impatience.ts';

let now = Date.parse('2026-11-29T00:00:00Z');
const told: string[] = [];
const mute = http.createServer(() => undefined);
const good = http.createServer((request, response) => {
  told.push(request.url ?? '');
  response.writeHead(request.url === '/busy' ? 503 : 204).end();
});

const addressOf = (server: http.Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  for (const server of [mute, good])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
});

afterAll(() => {
  for (const server of [mute, good]) {
    server.closeAllConnections();
    server.close();
  }
});

const poster = (timeoutMs: number) =>
  jsonPoster({ timeoutMs, allowed: [addressOf(mute), addressOf(good)] as `${string}:${number}`[] });

test('a host that gave no answer is asked once a minute, and others at any time', async () => {
  const send = poster(300);
  let asked = 0;
  // Counted where it is sent: on a busy machine the time may be over before the host has seen the request.
  const counting: typeof send = (...request) => {
    asked += 1;
    return send(...request);
  };
  const post = impatient(counting, () => new Date(now));
  const silent = () => post(`http://${addressOf(mute)}/done`, '{}', {});

  await expect(silent()).rejects.toThrow(NoAnswerError);
  for (let more = 0; more < 100; more += 1) await expect(silent()).rejects.toThrow(NoAnswerError);
  expect(asked).toBe(1);

  now += 60_001;
  await expect(silent()).rejects.toThrow(NoAnswerError);
  expect(asked).toBe(2);
});

test('what got no answer is sent slowly, what was answered is not, and other troubles go on as they are', async () => {
  const slowly: string[] = [];
  const patient = poster(30_000);
  const send = (post: typeof patient, url: string) =>
    orSlowly(
      () => post(url, '{}', {}),
      async () => void slowly.push(url),
    );
  const url = `http://${addressOf(good)}`;
  await send(patient, `${url}/done`);
  await expect(send(patient, `${url}/busy`)).rejects.toThrow(TransientError);
  await send(poster(300), `http://${addressOf(mute)}/done`);

  expect(told).toEqual(['/done', '/busy']);
  expect(slowly).toEqual([`http://${addressOf(mute)}/done`]);
});
