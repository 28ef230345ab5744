import { expect, test } from 'vitest';
import { sign, toBase64, uniqueSeconds } from '../../docs-page/sign.ts';
import { readCredential } from '../../lambdas/kit/api/authentication/credential.ts';
import { askedOf, signature, signedTargets, signedText } from '../../lambdas/kit/api/authentication/schemes.ts';
import { httpRequest } from '../support/lambda.ts';

const at = () => 1525568925;

test('a real password becomes the password of its second', () => {
  const headers = { Authorization: `Basic ${toBase64('mei:s3cret')}` };
  const signed = sign({ url: 'http://127.0.0.1:8080/apiv1/deals?length=2', headers }, at);

  expect(signed.url).toBe('http://127.0.0.1:8080/apiv1/deals?length=2&_=1525568925');
  expect(readCredential(signed.headers.Authorization)).toEqual({
    scheme: 'basic',
    user: 'mei',
    password: '98cbb933a113a4d6fc70fddf59a89137',
  });
});

test.for([
  ['GET', '/apiv1/deals', "?search=a b!'()*&county=新北市", undefined],
  ['POST', '/tagger/try', '', '{"text":"央行"}'],
  ['PUT', '/presale/problems/7', '?x=%2F', '{}'],
])('a user and a password become a signature that the API takes: %s %s%s', ([method = '', path = '', query, body]) => {
  const signed = sign({ url: `${path}${query}`, method, headers: { authorization: '梅:pass:word' }, body }, at);

  const [rawPath = '', rawQueryString = ''] = signed.url.split('?');
  const event = httpRequest({ rawPath, rawQueryString, body: body ?? '' });
  event.requestContext.http.method = method;
  const asked = askedOf(event);
  const [target] = signedTargets(asked);
  const text = signedText({ method, target, timestamp: '1525568925', bodySha256: asked.bodySha256 });
  expect(readCredential(signed.headers.authorization)).toEqual({
    scheme: 'hmac',
    user: '梅',
    signature: signature('pass:word', text),
  });
});

test('a token and no credential at all are sent as they are', () => {
  const without: Record<string, string>[] = [{ authorization: 'Bearer abc' }, {}];
  for (const headers of without)
    expect(sign({ url: '/health', headers: { ...headers } }, at)).toEqual({ url: '/health', headers });
});

test('no second is said twice', () => {
  const seconds = uniqueSeconds(() => new Date(5400));

  expect([seconds(), seconds(), seconds()]).toEqual([5, 6, 7]);
});
