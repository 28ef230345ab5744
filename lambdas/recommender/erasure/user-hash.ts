import { createHmac } from 'node:crypto';

/** A user as erasures and logs name them: without the key the hash does not tell who it is. */
export function userHash(key: string, tenant: string, user: string): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([tenant, user]))
    .digest('hex');
}
