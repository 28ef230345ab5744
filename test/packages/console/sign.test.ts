import { expect, test } from 'vitest';
import { askedOf, signature, signedTargets, signedText } from '../../../lambdas/kit/api/authentication/schemes.ts';
import { signed, uniqueSeconds } from '../../../packages/console/src/api/sign.ts';
import { csvText } from '../../../packages/console/src/lists/csv.ts';

const who = { kind: 'password', user: 'mei', password: 'pa:ss wörd' } as const;
const at = 1_795_000_000;

/** The signature that the API expects of a request, by its own code. */
async function expected(request: Request): Promise<string> {
  const url = new URL(request.url);
  const asked = askedOf({
    rawPath: decodeURIComponent(url.pathname),
    rawQueryString: url.search.slice(1),
    body: await request.clone().text(),
    isBase64Encoded: false,
    requestContext: { http: { method: request.method } },
  } as Parameters<typeof askedOf>[0]);
  const text = signedText({ ...asked, target: signedTargets(asked)[0], timestamp: String(at) });
  return `Millrace mei:${signature(who.password, text)}`;
}

test.each([
  ['GET', 'http://127.0.0.1/platform/runs?workload=presale&start=0', undefined],
  ['GET', 'http://127.0.0.1/apiv1/deals?search=%E5%90%8D%20(a%2Bb)!%27*', undefined],
  ['GET', 'http://127.0.0.1/platform/runs/tasks/task%3A1', undefined],
  ['POST', 'http://127.0.0.1/platform/failures/replay', '{"limit":1,"who":"張"}'],
])('a signed %s %s is what the API expects', async (method, url, body) => {
  const request = await signed(new Request(url, { method, body: body ?? null }), who, () => at);

  expect(request.headers.get('authorization')).toBe(await expected(request));
  expect(await request.text()).toBe(body ?? '');
});

test('a token is sent as it is, and nothing is added to the address', async () => {
  const request = await signed(new Request('http://127.0.0.1/health?a=1'), { kind: 'token', token: 'abc' }, () => at);

  expect(request.headers.get('authorization')).toBe('Bearer abc');
  expect(request.url).toBe('http://127.0.0.1/health?a=1');
});

test('two requests that change something never have the same second', () => {
  const seconds = uniqueSeconds(() => at * 1000);

  expect([seconds(), seconds(), seconds()]).toEqual([at, at + 1, at + 2]);
});

test('a file of a list is CSV that runs no formula', () => {
  expect(
    csvText([
      ['a', 'b'],
      ['=1+1', 'say "hi", 你好'],
      [-5, null],
    ]),
  ).toBe('\uFEFFa,b\r\n\'=1+1,"say ""hi"", 你好"\r\n-5,\r\n');
});
