import * as z from 'zod';
import { PermanentError } from '#kit/errors.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { Credential } from './call-platform.ts';

const credential = z.object({ cookie: z.string().optional(), token: z.string().optional() });

/** `{"weibo": {"cookie": "..."}, "gateway": {"token": "..."}}`; all else in it is left alone. */
const credentials = z.record(z.string(), z.unknown());

/**
 * The credential of a platform's own site, or of the paid interface that serves several; an empty one where the operator
 * has put none. Throws PermanentError for a secret of another form, never quoting it.
 */
export function credentialIn(secret: string, platform: PlatformName, driver: 'native' | 'gateway'): Credential {
  const all = credentials.safeParse(parsed(secret));
  if (!all.success) throw new PermanentError('The secret of the platforms is no JSON object');
  const own = credential.safeParse(all.data[driver === 'gateway' ? 'gateway' : platform] ?? {});
  if (!own.success)
    throw new PermanentError(`The secret of the platforms has a credential of another form for ${platform}`);
  return own.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
