import { tokenOf } from '../../local/callers/console-token.ts';
import type { Stack } from '../../local/stack.ts';
import { expectDocumented } from './documented.ts';

/** What the gateway itself says when its function gave no answer within thirty seconds. */
const gaveUp = JSON.stringify({ message: 'Service Unavailable' });

const attempts = 5;

/** An answer with its text, which can be read but once. */
export interface Answered {
  readonly response: Response;
  readonly text: string;
}

/**
 * Asks the API as the owner of the machine; an answer that is not as documented fails the test. Where a busy machine gave
 * the function too little time for an answer, it asks again, as a client does.
 */
export async function askStack(stack: Stack, route: string, init: RequestInit = {}): Promise<Answered> {
  const headers = {
    authorization: `Bearer ${tokenOf(stack.services)}`,
    'content-type': 'application/json',
    ...init.headers,
  };
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(`${stack.wiring.api?.url}${route}`, { ...init, headers });
    const text = await response.text();
    expectDocumented({ method: init.method, route }, response, text);
    if (attempt === attempts || response.status !== 503 || text !== gaveUp) return { response, text };
  }
}
