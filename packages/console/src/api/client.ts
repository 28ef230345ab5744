import createClient from 'openapi-fetch';
import { ApiError, wordsOf } from './api-error.ts';
import type { paths } from './schema.gen';
import { credential, signOut } from './session.ts';
import { signed, uniqueSeconds } from './sign.ts';

/** The API, typed by its own document; every request shows who asks. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: ask });

// What this clock is behind the API's: a signature is only good for a minute.
let behindMs = 0;
const now = () => Date.now() + behindMs;
const once = uniqueSeconds(now);
const clockToleranceMs = 30_000;

async function ask(request: Request): Promise<Response> {
  const who = credential();
  if (!who) return fetch(request);
  const seconds = request.method === 'GET' ? () => Math.floor(now() / 1000) : once;
  const response = await fetch(await signed(request.clone(), who, seconds));
  if (response.status !== 401) return response;
  const told = Date.parse(response.headers.get('date') ?? '') - now();
  if (who.kind === 'token' || Number.isNaN(told) || Math.abs(told) < clockToleranceMs) return leave(response);
  behindMs += told;
  return leave(await fetch(await signed(request, who, once)));
}

/** A credential that is refused is of no use any more: the person signs in anew. */
function leave(response: Response): Response {
  if (response.status === 401) signOut();
  return response;
}

interface Asked<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of an answer; throws an {@link ApiError} with the API's own words for one that failed. */
export async function answer<T>(asking: Promise<Asked<T>>): Promise<T> {
  const { data, error, response } = await asking;
  const requestId = response.headers.get('x-request-id') ?? undefined;
  if (!response.ok || data === undefined)
    throw new ApiError(wordsOf(error, response.statusText || String(response.status)), response.status, requestId);
  // Briefs say a failure in the body of an answer that succeeded.
  const code = (data as { readonly err_code?: unknown }).err_code;
  if (typeof code === 'number' && code !== 0)
    throw new ApiError(wordsOf(data, String(code)), response.status, requestId);
  return data;
}
