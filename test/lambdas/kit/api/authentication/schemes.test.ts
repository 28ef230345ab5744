import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { askedOf, dynamicPassword, signature, signedTargets, signedText } from '#kit/api/authentication/schemes.ts';
import { httpRequest } from '../../../../support/lambda.ts';

const ofNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** A request as API Gateway sends it. */
function asked(method: string, path: string, query = '', body?: string) {
  const { requestContext, ...rest } = httpRequest({ rawPath: path, rawQueryString: query });
  const http = { ...requestContext.http, method };
  return askedOf({ ...rest, requestContext: { ...requestContext, http }, ...(body === undefined ? {} : { body }) });
}

test.each([
  ['s3cret', '1525568925', '98cbb933a113a4d6fc70fddf59a89137'],
  ['s3cret', '1525568925.0', '457c4577bc08854eb25f0bdb984e0429'],
])('the password of %s at %s is that of the specification', (real, timestamp, expected) => {
  expect(dynamicPassword(real, timestamp)).toBe(expected);
});

test('what is signed is method, path, timestamp and the digest of the body, each on its line', () => {
  const { method, bodySha256 } = asked('POST', '/api/v1/tasks/submit', '_=1525568925', '{"name":"a:b"}');
  const text = signedText({ method, target: '/api/v1/tasks/submit', timestamp: '1525568925', bodySha256 });
  const digest = createHash('sha256').update('{"name":"a:b"}').digest('hex');

  expect(text).toBe(`POST\n/api/v1/tasks/submit\n1525568925\n${digest}`);
  expect(signature('s3cret', text)).toBe(createHmac('sha256', 's3cret').update(text).digest('hex'));
});

test('a body counts by its bytes, however API Gateway hands it over; none counts as empty', () => {
  const text = '{"名":"值"}';
  const encoded = httpRequest({ body: Buffer.from(text).toString('base64'), isBase64Encoded: true });

  expect(askedOf(encoded).bodySha256).toBe(createHash('sha256').update(text).digest('hex'));
  expect(askedOf(httpRequest({ body: text })).bodySha256).toBe(askedOf(encoded).bodySha256);
  expect(askedOf(httpRequest()).bodySha256).toBe(ofNothing);
});

test('a request that changes something is signed with its query, one that reads may be signed without', () => {
  expect(signedTargets(asked('GET', '/a', 'page=2&_=1'))).toEqual(['/a?page=2', '/a']);
  expect(signedTargets(asked('POST', '/a', 'page=2&_=1'))).toEqual(['/a?page=2', '/a?page=2']);
  expect(signedTargets(asked('POST', '/a', '_=1'))).toEqual(['/a', '/a']);
});

test('the query is signed in the order it came, in one spelling', () => {
  expect(asked('GET', '/a', 'b=%7e*&_=1&a=x+y%20z&c=%E9%A0%90').query).toBe('b=~%2A&a=x%20y%20z&c=%E9%A0%90');
  expect(asked('GET', '/a', 'a=1%26b%3D2').query).not.toBe(asked('GET', '/a', 'a=1&b=2').query);
});

test('the path is signed as the gateway hands it over: decoded once, and never again', () => {
  expect(asked('GET', '/task_funcs/a%3Ab').path).toBe('/task_funcs/a%3Ab');
  expect(asked('GET', '/task_funcs/%E0%A4%A').path).toBe('/task_funcs/%E0%A4%A');
});
