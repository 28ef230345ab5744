import { afterEach, expect, test, vi } from 'vitest';
import { iamSignIn, signInToken } from '#adapters/stream/iam.ts';

afterEach(() => vi.unstubAllEnvs());

/** What a broker of MSK would read: a presigned request to its own service, as base64 without padding. */
async function signedRequest(region: string): Promise<URL> {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example-secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'example-session');
  const { sasl } = iamSignIn(region);
  if (typeof sasl?.token !== 'function') throw new Error('There is no token');
  const token = String(await sasl.token());
  expect(token).toMatch(/^[\w-]+$/);
  return new URL(Buffer.from(token, 'base64url').toString('utf8'));
}

test.each(['ap-northeast-1', 'eu-central-1'])(
  'the token is a request to Kafka of %s, signed for a quarter of an hour',
  async (region) => {
    const { host, protocol, searchParams } = await signedRequest(region);

    expect([protocol, host]).toEqual(['https:', `kafka.${region}.amazonaws.com`]);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      Action: 'kafka-cluster:Connect',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Expires': '900',
      'X-Amz-Security-Token': 'example-session',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(searchParams.get('X-Amz-Credential')).toMatch(
      new RegExp(`^AKIAEXAMPLE/\\d{8}/${region}/kafka-cluster/aws4_request$`),
    );
  },
);

test('it is made anew at each sign-in, over TLS to the name that was asked for, and holds no secret', async () => {
  const { tls, tlsServerName, sasl } = iamSignIn('ap-northeast-1');
  const request = await signedRequest('ap-northeast-1');

  expect({ tls, tlsServerName, mechanism: sasl?.mechanism }).toEqual({
    tls: {},
    tlsServerName: true,
    mechanism: 'OAUTHBEARER',
  });
  expect(typeof sasl?.token).toBe('function');
  expect(String(request)).not.toContain('example-secret');
});

const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example-secret', sessionToken: 'example/session+token=' };
const now = new Date('2026-11-30T12:34:56.789Z');

test('at one time and for one set of keys it is signed as AWS’s own signer for Kafka clients signs it', async () => {
  const token = await signInToken('ap-northeast-1', keys, now);
  const query = new URL(Buffer.from(token, 'base64url').toString('utf8')).searchParams;

  expect(Object.fromEntries(query)).toEqual({
    Action: 'kafka-cluster:Connect',
    'User-Agent': 'millrace',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIAEXAMPLE/20261130/ap-northeast-1/kafka-cluster/aws4_request',
    'X-Amz-Date': '20261130T123456Z',
    'X-Amz-Expires': '900',
    'X-Amz-Security-Token': 'example/session+token=',
    // Of aws-msk-iam-sasl-signer-js 1.0.3, at this time and for these keys.
    'X-Amz-Signature': 'f1e81aa6c2eea7b4e8d38f3248fc628836f825be71ff24c07de049ab8bdb4cbe',
    'X-Amz-SignedHeaders': 'host',
  });
});

test('it lives no longer than the keys that signed it, in whole seconds', async () => {
  const expiration = new Date(now.getTime() + 61_500);
  const token = await signInToken('ap-northeast-1', { ...keys, expiration }, now);

  expect(new URL(Buffer.from(token, 'base64url').toString('utf8')).searchParams.get('X-Amz-Expires')).toBe('61');
});
