import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpApi, startHttpApi } from '../../src/doors/http-api.ts';
import shape from '../fixtures/http-get.json' with { type: 'json' };
import { arnOf, startTestHost, type TestHost } from '../functions/host.ts';

let host: TestHost;
let api: HttpApi;

const code = `export const handler = async (event) => {
  switch (event.queryStringParameters?.answer) {
    case 'throw': throw new Error('SELECT secret FROM deals');
    case 'plain': return { hello: 'plain' };
    case 'text': return 'only text';
    case 'big': return { statusCode: 200, body: 'x'.repeat(7 * 1024 * 1024) };
    case 'binary': return { statusCode: 200, headers: { 'content-type': 'image/png' }, body: 'iVBORw==', isBase64Encoded: true };
    case 'cookies': return { statusCode: 204, cookies: ['a=1', 'b=2'], headers: { 'x-own': 5 } };
    case 'bad': return JSON.parse(event.queryStringParameters.json);
    case 'held': await fetch(event.queryStringParameters.until);
  }
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) };
};`;

const routes = ['GET /deals/{id}', 'POST /deals', 'DELETE /deals/{id}', 'GET /files/{proxy+}', 'ANY /any'];
const model = {
  cors: { origins: ['https://example.com'], methods: ['GET'], headers: ['authorization'] },
  routes: [
    ...routes.map((key) => ({ key, functionArn: arnOf('echo') })),
    { key: 'GET /bounded', functionArn: arnOf('bounded') },
  ],
};

/** What the template says of a function whose places are taken. */
const noRoom = { status: 503, headers: { 'retry-after': '1' }, body: { code: 503, msg: '服务暂不可用', data: {} } };

beforeAll(async () => {
  host = await startTestHost({ echo: { code }, bounded: { code, concurrency: 1, timeoutSeconds: 300, noRoom } });
  api = await startHttpApi({ api: model, functions: host.host, port: 0 });
});

afterAll(async () => {
  await api.stop();
  await host.stop();
});

/** Holds who asks it until it is told to let go. */
async function startGate() {
  const { promise: came, resolve: arrive } = Promise.withResolvers<() => void>();
  const server = createServer((_request, response) => arrive(() => response.end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: encodeURIComponent(`http://127.0.0.1:${port}/`),
    /** Resolves once somebody is held, to what lets go. */
    came,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

const ask = (path: string, init: RequestInit = {}) => fetch(api.url + path, init);
const seen = async (path: string, init?: RequestInit) =>
  (await ask(path, init)).json() as Promise<Record<string, unknown>>;

test('a request reaches its function in the shape of payload format 2.0', async () => {
  const headers = { 'user-agent': 'a client of ours', authorization: 'Bearer x', cookie: 'theme=dark; size=big' };
  const event = await seen('/deals/7%2F8?page=2&note=%E9%A0%90%E5%94%AE+x&page=3', { headers });

  expect(event).toMatchObject({
    version: '2.0',
    routeKey: 'GET /deals/{id}',
    rawQueryString: 'page=2&note=%E9%A0%90%E5%94%AE+x&page=3',
    queryStringParameters: { page: '2,3', note: '預售 x' },
    pathParameters: { id: '7/8' },
    cookies: ['theme=dark', 'size=big'],
    headers: { authorization: 'Bearer x', 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' },
    requestContext: {
      http: { method: 'GET', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'a client of ours' },
      routeKey: 'GET /deals/{id}',
      stage: '$default',
      time: expect.stringMatching(/^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/),
    },
    isBase64Encoded: false,
  });
  expect(event).not.toHaveProperty('body');
  expect(event.headers).not.toHaveProperty('cookie');
  expect(Object.keys(event).toSorted()).toEqual(Object.keys(shape).toSorted());
  expect(Object.keys(event.requestContext ?? {}).toSorted()).toEqual(Object.keys(shape.requestContext).toSorted());
});

test('a request without a query has none', async () => {
  const event = await seen('/deals/1');

  expect(event.rawQueryString).toBe('');
  expect(event).not.toHaveProperty('queryStringParameters');
  expect(event).not.toHaveProperty('cookies');
});

test.each([
  ['application/json', '{"a":"預"}', '{"a":"預"}', false],
  ['text/csv; charset=utf-8', 'a,b', 'a,b', false],
  ['application/octet-stream', 'a,b', 'YSxi', true],
  ['application/xml', '<a/>', '<a/>', false],
  ['application/javascript', '1', '1', false],
  ['application/x-www-form-urlencoded', 'a=b', 'YT1i', true],
  ['application/problem+json', '{}', 'e30=', true],
  ['application/jsonl', '{}', 'e30=', true],
  ['multipart/form-data; boundary=x', 'x', 'eA==', true],
  ['application/json', '{half', '{half', false],
])('a body of type %s arrives as it should (%s)', async (type, body, arrives, isBase64Encoded) => {
  expect(await seen('/deals', { method: 'POST', body, headers: { 'content-type': type } })).toMatchObject({
    routeKey: 'POST /deals',
    body: arrives,
    isBase64Encoded,
  });
});

test('a POST without a body or type reaches its function', async () => {
  const event = await seen('/deals', { method: 'POST' });

  expect(event).not.toHaveProperty('body');
});

test('a body without a type is bytes to the gateway', async () => {
  const body = new Blob(['a,b']).stream();
  const event = await seen('/deals', { method: 'POST', body, duplex: 'half' } as RequestInit);

  expect(event.headers).not.toHaveProperty('content-type');
  expect(event).toMatchObject({ body: 'YSxi', isBase64Encoded: true });
});

test('a path comes decoded, once', async () => {
  expect(await seen('/deals/a%2541%20%E9%A0%90?note=%2541')).toMatchObject({
    rawPath: '/deals/a%41 預',
    requestContext: { http: { path: '/deals/a%41 預' } },
    pathParameters: { id: 'a%41 預' },
    rawQueryString: 'note=%2541',
  });
});

test.each([
  ['a status that is none', { statusCode: 'abc', body: 'x' }],
  ['no status', { statusCode: null }],
  ['a status of three digits that is none', { statusCode: 999 }],
  ['a body that is no text', { statusCode: 200, body: { secret: 1 } }],
  ['a header with a line break', { statusCode: 200, headers: { 'x-a': 'b\r\nx-c: d' } }],
  ['a header with a blank in its name', { statusCode: 200, headers: { 'x a': 'b' } }],
  ['a header that is no text', { statusCode: 200, headers: { 'x-a': { secret: 1 } } }],
  ['headers that are none', { statusCode: 200, headers: 'secret' }],
  ['cookies that are none', { statusCode: 200, cookies: 'a=1' }],
  ['a cookie with a line break', { statusCode: 200, cookies: ['a=1\r\nx: y'] }],
])('an answer with %s is a 500 in the gateway’s words', async (_, answer) => {
  const response = await ask(`/deals/1?answer=bad&json=${encodeURIComponent(JSON.stringify(answer))}`);

  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ message: 'Internal Server Error' });
});

test('the gateway says how long a body is, whatever its function says', async () => {
  const answer = {
    statusCode: '200',
    headers: { 'Content-Length': '1', 'transfer-encoding': 'chunked' },
    body: 'four',
  };
  const response = await ask(`/deals/1?answer=bad&json=${encodeURIComponent(JSON.stringify(answer))}`);

  expect([response.status, await response.text()]).toEqual([200, 'four']);
});

test('the rest of a path goes by its own name', async () => {
  expect(await seen('/files/a/b.csv')).toMatchObject({ pathParameters: { proxy: 'a/b.csv' } });
});

test.each(['/nowhere', '/deals', '/deals/', '/Deals/7', '/deals/7/8'])(
  'GET %s is no route: 404 in the gateway’s words',
  async (path) => {
    const response = await ask(path);

    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ message: 'Not Found' });
  },
);

test('any method is any', async () => {
  for (const method of ['GET', 'PUT', 'PATCH']) {
    expect(await seen('/any', { method })).toMatchObject({ requestContext: { http: { method } } });
  }
});

test('a function that fails is a 500 that tells nothing', async () => {
  const response = await ask('/deals/1?answer=throw');

  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ message: 'Internal Server Error' });
});

test('a request waits for a place of its function, and gets its answer', async () => {
  const patient = await startHttpApi({ api: model, functions: host.host, port: 0, placeWaitMs: 300_000 });
  const gate = await startGate();
  const first = fetch(`${patient.url}/bounded?answer=held&until=${gate.url}`);
  const release = await gate.came;
  const others = Array.from({ length: 10 }, () => fetch(`${patient.url}/bounded`));
  release();

  expect((await Promise.all([first, ...others])).map(({ status }) => status)).toEqual(Array(11).fill(200));
  await gate.stop();
  await patient.stop();
});

test('a request that finds no place in time is a 503 that says when to come again, and is never begun', async () => {
  const impatient = await startHttpApi({ api: model, functions: host.host, port: 0, placeWaitMs: 1 });
  const gate = await startGate();
  const first = fetch(`${impatient.url}/bounded?answer=held&until=${gate.url}`);
  const release = await gate.came;
  const before = host.invocations.length;
  const refused = await fetch(`${impatient.url}/bounded`);
  // Its place is taken by way of another door: Lambda's own refusal reads the same.
  const throttled = await ask('/bounded');

  for (const response of [refused, throttled]) {
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual(noRoom.body);
  }
  // The throttled one alone came as far as the function.
  expect(host.invocations).toHaveLength(before + 1);
  release();
  expect((await first).status).toBe(200);
  expect((await fetch(`${impatient.url}/bounded`)).status).toBe(200);
  await gate.stop();
  await impatient.stop();
});

test('answers without a status are JSON, texts stay texts, bytes bytes', async () => {
  const plain = await ask('/deals/1?answer=plain');
  const text = await ask('/deals/1?answer=text');
  const binary = await ask('/deals/1?answer=binary');

  expect([plain.status, await plain.text()]).toEqual([200, '{"hello":"plain"}']);
  expect(plain.headers.get('content-type')).toBe('application/json');
  expect(await text.text()).toBe('only text');
  expect(Buffer.from(await binary.arrayBuffer())).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47]));
  expect(binary.headers.get('content-type')).toBe('image/png');
});

test('cookies and headers of an answer arrive', async () => {
  const response = await ask('/deals/1?answer=cookies');

  expect(response.status).toBe(204);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('x-own')).toBe('5');
});

test('the limits of the gateway and of Lambda hold', async () => {
  const tooMuch = await ask('/deals', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
  const tooLong = await ask('/deals/1?answer=big');

  expect([tooMuch.status, await tooMuch.json()]).toEqual([413, { message: 'Request Too Long' }]);
  expect(tooLong.status).toBe(500);
  expect(await seen(`/deals/${'%E9%95%B7'.repeat(1000)}`)).toMatchObject({ pathParameters: { id: '長'.repeat(1000) } });
});

test('only the origins of the configuration are allowed, also where there is no route', async () => {
  const preflight = (origin: string) =>
    ask('/deals/7', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
  const allowed = await preflight('https://example.com');
  const stranger = await preflight('https://example.net');

  expect(allowed.status).toBe(204);
  expect(Object.fromEntries(allowed.headers)).toMatchObject({
    'access-control-allow-origin': 'https://example.com',
    'access-control-allow-methods': 'GET',
    'access-control-allow-headers': 'authorization',
  });
  expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
});

test('nonsense in a path is refused without a stack', async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => {
      socket.write('GET /deals/%E9%A HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    });
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('end', () => resolve(text));
  });

  expect(answer).toMatch(/^HTTP\/1.1 400/);
  expect(answer).toContain('{"message":"Bad Request"}');
  expect(answer).not.toContain('node_modules');
});

test('a body of any type reaches its function, also of one that is none', async () => {
  for (const type of ['/', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16']) {
    const event = await seen('/deals', { method: 'POST', body: 'x', headers: { 'content-type': type } });
    expect(event, type).toMatchObject({ headers: { 'content-type': type } });
  }
});
