import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PermanentError, TransientError } from '#kit/errors.ts';
import { jsonPoster } from '../../../../lambdas/adapters/public-http/post-json.ts';

let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: string[];
let port: number;

const server = createServer((request, response) => {
  asked.push(String(request.url));
  answer(request, response);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

beforeEach(() => {
  asked = [];
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Tells the server of this test, which is let in although it is on loopback. */
function post(path = '/', timeoutMs = 5000): Promise<void> {
  return jsonPoster({ timeoutMs, allowed: [`127.0.0.1:${port}`] })(`http://127.0.0.1:${port}${path}`, '{"a":"船"}', {
    'x-signed': 'yes',
  });
}

test('the body arrives as it is, with the headers of whoever sends it', async () => {
  let body = '';
  answer = async (request, response) => {
    for await (const piece of request.setEncoding('utf8')) body += piece;
    response.writeHead(204, { 'x-signed': String(request.headers['x-signed']) }).end();
    body += ` ${request.method} ${request.headers['content-type']} ${request.headers['x-signed']}`;
  };

  await post();

  expect(body).toBe('{"a":"船"} POST application/json yes');
});

test.each([500, 502, 503, 408, 425, 429])('%i is tried again', async (status) => {
  answer = (_request, response) => response.writeHead(status).end();

  await expect(post()).rejects.toThrow(TransientError);
});

test.each([400, 401, 404, 410])('%i is a refusal for good', async (status) => {
  answer = (_request, response) => response.writeHead(status).end();

  await expect(post()).rejects.toThrow(PermanentError);
});

test.each([301, 302, 307, 308])('a redirect (%i) is a refusal: it might lead anywhere', async (status) => {
  answer = (_request, response) => response.writeHead(status, { location: '/elsewhere' }).end();

  await expect(post('/first')).rejects.toThrow(PermanentError);
  expect(asked).toEqual(['/first']);
});

test('who says nothing is asked again later', async () => {
  answer = () => undefined;

  await expect(post('/', 200)).rejects.toThrow(/no answer after 200 ms/);
  await expect(post('/', 200)).rejects.toThrow(TransientError);
});

test('an answer without end costs nothing: nobody reads it', async () => {
  answer = (_request, response) => {
    response.writeHead(200);
    response.write('x'.repeat(1024));
  };

  await expect(post('/', 2000)).resolves.toBeUndefined();
});

test.each(['127.0.0.1', 'localhost', '[::1]', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]'])(
  'nobody on this side is called: %s',
  async (host) => {
    answer = (_request, response) => response.end();
    const careful = jsonPoster({ timeoutMs: 5000, allowed: [] });

    await expect(careful(`http://${host}:${port}/`, '{}', {})).rejects.toMatchObject({ reason: 'ForbiddenAddress' });
    expect(asked).toEqual([]);
  },
);

test.each(['http://mei:pw@example.com/', 'ftp://example.com/', 'example.com'])(
  '%s is no address to call',
  async (url) => {
    await expect(jsonPoster({ timeoutMs: 5000, allowed: [] })(url, '{}', {})).rejects.toMatchObject({
      reason: 'InvalidUrl',
    });
  },
);
