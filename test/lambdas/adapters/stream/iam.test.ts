import { afterEach, expect, test, vi } from 'vitest';
import { iamSignIn } from '#adapters/stream/iam.ts';

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
