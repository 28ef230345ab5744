import { TransientError } from '#kit/errors.ts';
import { httpClient } from '../http.ts';
import type { Finding } from './finding.ts';

// Who looks waits no longer than this; a first page has some 100 KB.
const limitMs = 2000;
const limits = { timeoutMs: limitMs, idleTimeoutMs: limitMs, totalTimeoutMs: limitMs, maxBytes: 4 * 1024 * 1024 };

/** A site of others answers, whatever it says of its first page. Throws TransientError when it is silent or in trouble. */
export function probeSite(url: string): Promise<Finding> {
  return httpClient({ ...limits, attempts: 1 })(url, async ({ status }) => {
    if (status >= 500) throw new TransientError(`${url} answers ${status}`, { fault: 'ServerError' });
    return { note: url };
  });
}
