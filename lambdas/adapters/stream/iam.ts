import { fromEnv } from '@aws-sdk/credential-provider-env';
import type { ConnectionOptions } from '@platformatic/kafka';
import { Sha256 } from '@smithy/core/checksum';
import { buildQueryString } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';

/** Keys of a role; those of a session end. */
export interface RoleKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

const lifeSeconds = 900;

const roleKeys = fromEnv();

/** Signs in at MSK as the function's role, over TLS. A token lives for 15 minutes; each sign-in makes one. */
export function iamSignIn(region: string): Pick<ConnectionOptions, 'tls' | 'tlsServerName' | 'sasl'> {
  return {
    tls: {},
    tlsServerName: true,
    sasl: { mechanism: 'OAUTHBEARER', token: async () => signInToken(region, await roleKeys(), new Date()) },
  };
}

/**
 * What MSK takes for a bearer's token: the presigned address of a request that nobody sends, as base64. Source: MSK Developer
 * Guide, "Configure clients to use IAM access control"; AWS's signers for Kafka clients make the same.
 */
export async function signInToken(region: string, keys: RoleKeys, now: Date): Promise<string> {
  const hostname = `kafka.${region}.amazonaws.com`;
  const signer = new SignatureV4({ service: 'kafka-cluster', region, credentials: keys, sha256: Sha256 });
  // A token that outlives its keys would be refused by its signature.
  const left = keys.expiration ? Math.floor((keys.expiration.getTime() - now.getTime()) / 1000) : lifeSeconds;
  const request = {
    method: 'GET',
    protocol: 'https:',
    hostname,
    path: '/',
    headers: { host: hostname },
    query: { Action: 'kafka-cluster:Connect' },
  };
  const { query = {} } = await signer.presign(request, { expiresIn: Math.min(left, lifeSeconds), signingDate: now });
  // Behind the signature: MSK writes it into its logs.
  const address = `https://${hostname}/?${buildQueryString({ ...query, 'User-Agent': 'millrace' })}`;
  return Buffer.from(address).toString('base64url');
}
