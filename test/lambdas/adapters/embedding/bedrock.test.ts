import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bedrockEmbedder } from '#adapters/embedding/bedrock.ts';
import { PermanentError, ThrottledError } from '#kit/errors.ts';
import { embedOneByOne } from '../../../../lambdas/recommender/vectors/embed-one-by-one.ts';
import { useLocalAws } from '../../../../packages/one-machine/test/support/aws.ts';

/** Speaks InvokeModel of the Bedrock runtime, for Titan's embeddings: a vector that tells which text it is of. */

const id = 'amazon.titan-embed-text-v2:0';
const embed = bedrockEmbedder({ id, length: 256 });

interface Invoked {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: { readonly inputText: string; readonly dimensions: number; readonly normalize: boolean };
}

let server: Http2Server;
let invoked: Invoked[];
let atOnce: { now: number; most: number };
/** What is answered to a text; by default its vector. */
let answerTo: (body: Invoked['body']) => { status?: number; type?: string; body: object };

const vectorOf = ({ inputText, dimensions }: Invoked['body']) =>
  Array.from({ length: dimensions }, (_, at) => (at === inputText.length % dimensions ? 1 : 0));

beforeAll(async () => {
  server = createServer(async (request, response) => {
    atOnce.now += 1;
    atOnce.most = Math.max(atOnce.most, atOnce.now);
    const body = JSON.parse(await text(request)) as Invoked['body'];
    invoked.push({ path: request.url, authorization: request.headers.authorization, body });
    const { status = 200, type, body: answer } = answerTo(body);
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(type === undefined ? {} : { 'x-amzn-errortype': type }),
    });
    atOnce.now -= 1;
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  useLocalAws({ AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `http://127.0.0.1:${port}`, AWS_MAX_ATTEMPTS: '1' });
});
afterAll(() => server.close());
beforeEach(() => {
  invoked = [];
  atOnce = { now: 0, most: 0 };
  answerTo = (body) => ({ body: { embedding: vectorOf(body), inputTextTokenCount: 1 } });
});

test('a text becomes the vector that the model answers; the request is signed for Bedrock', async () => {
  const vector = await embed('紫砂壶');

  expect(vector).toHaveLength(256);
  expect(vector.indexOf(1)).toBe(3);
  expect(invoked).toMatchObject([
    {
      path: `/model/${encodeURIComponent(id)}/invoke`,
      body: { inputText: '紫砂壶', dimensions: 256, normalize: true },
    },
  ]);
  expect(invoked[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/ap-northeast-1\/bedrock\//);
});

test.each([
  [429, 'ThrottlingException', ThrottledError],
  [429, 'ModelNotReadyException', ThrottledError],
  [400, 'ServiceQuotaExceededException', ThrottledError],
  [400, 'ValidationException', PermanentError],
])('%i %s is a %O', async (status, type, error) => {
  answerTo = () => ({ status, type, body: { message: 'no' } });

  await expect(embed('a')).rejects.toThrow(error);
});

test('what passes, such as a fault of Bedrock’s own or a role that lacks the right, is tried again by the queue', async () => {
  for (const [status, type] of [
    [500, 'InternalServerException'],
    [403, 'AccessDeniedException'],
  ] as const) {
    answerTo = () => ({ status, type, body: { message: 'no' } });
    const refused = await embed('a').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    expect(refused).not.toBeInstanceOf(PermanentError);
  }
});

test.each([{ embedding: [1, 2] }, { embedding: Array(256).fill('1') }, { embedding: Array(256).fill(null) }, {}, []])(
  'an answer that is no vector of that length is refused (%#)',
  async (body) => {
    answerTo = () => ({ body });

    await expect(embed('a')).rejects.toThrow(`${id} answered no vector of 256 numbers`);
  },
);

test('items are asked for a few at a time, each gets its own vector, and one that says nothing is not asked for', async () => {
  const nothing = { title: ' ', description: null, category: null, author: null, tags: [] };
  const items = [
    ...Array.from({ length: 30 }, (_, at) => ({ ...nothing, title: 'x'.repeat(at + 1) })),
    nothing,
    { title: '壶', description: '手工', category: '茶', author: '王', tags: ['a', 'b'] },
    { ...nothing, description: 'y'.repeat(10_000) },
  ];

  const vectors = await embedOneByOne(embed)(items);

  expect(vectors.slice(0, 30).map((vector) => vector.indexOf(1))).toEqual(
    Array.from({ length: 30 }, (_, at) => at + 1),
  );
  expect(vectors[30]).toEqual(new Float32Array(256));
  const asked = invoked.map(({ body }) => body.inputText);
  expect(asked).toHaveLength(32);
  expect(asked).toContain('壶\na, b\n茶\n王\n手工');
  expect(Math.max(...asked.map((one) => one.length))).toBe(8000);
  expect(atOnce.most).toBeLessThanOrEqual(8);
});

test.each(['y', '茶', '🫖', 'a🫖'])(
  'of a long text of “%s” as many whole characters are sent as the model can take in',
  async (part) => {
    const item = { title: part.repeat(9000), description: null, category: null, author: null, tags: [] };
    await embedOneByOne(embed)([item]);

    const sent = invoked[0]?.body.inputText ?? '';
    expect(item.title.startsWith(sent)).toBe(true);
    expect(sent.isWellFormed()).toBe(true);
    const bytes = Buffer.byteLength(sent);
    expect(bytes).toBeLessThanOrEqual(8192);
    expect(bytes).toBeGreaterThan(7990);
  },
);

test('a model that refuses one text is asked for none of the others that wait', async () => {
  const items = Array.from({ length: 100 }, (_, at) => ({
    title: `${at}`,
    description: null,
    category: null,
    author: null,
    tags: [],
  }));
  const asked: string[] = [];
  const answered = Promise.withResolvers<void>();
  const embedding = embedOneByOne(async (title) => {
    asked.push(title);
    if (title === '0') throw new ThrottledError('no');
    await answered.promise;
    return [1];
  });

  await expect(embedding(items)).rejects.toThrow(ThrottledError);
  answered.resolve();
  // Those that were under way would go on in promises, all of which are done before this.
  await new Promise((resolve) => setImmediate(resolve));

  expect(asked).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
});
