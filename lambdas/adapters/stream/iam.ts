import type { ConnectionOptions } from '@platformatic/kafka';
import { generateAuthToken } from 'aws-msk-iam-sasl-signer-js';

/** Signs in at MSK as the function's role, over TLS. A token lives for 15 minutes; each sign-in makes one. */
export function iamSignIn(region: string): Pick<ConnectionOptions, 'tls' | 'tlsServerName' | 'sasl'> {
  return {
    tls: {},
    tlsServerName: true,
    sasl: { mechanism: 'OAUTHBEARER', token: async () => (await generateAuthToken({ region })).token },
  };
}
