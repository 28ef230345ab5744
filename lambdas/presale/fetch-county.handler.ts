import { systemClock } from '#adapters/clock.ts';
import { httpClient } from '#adapters/http.ts';
import { objectStore } from '#adapters/object-store.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { fetchCountyEnv, fetchCountyInput, fetchCountyOutput } from './contract.ts';
import { fetchCounty } from './steps/fetch-county.ts';

// A season's file of the largest county has under 2 MB.
const maxBytes = 1_000_000_000;

/** `Fetch and back up`: one county's file, byte for byte, into the bucket. */
export const handler = stepHandler({
  env: fetchCountyEnv,
  input: fetchCountyInput,
  output: fetchCountyOutput,
  services: (env) => ({
    ask: httpClient({ ...timeouts(env.PRESALE_FETCH_SECONDS), maxBytes, attempts: env.PRESALE_FETCH_ATTEMPTS }),
    siteUrl: env.PRESALE_SITE_URL,
    raw: objectStore(env.RAW_BUCKET),
    clock: systemClock,
  }),
  handle: fetchCounty,
});

/** A third of a whole try for the head of the answer, and for each silence inside the body. */
function timeouts(seconds: number) {
  const totalTimeoutMs = seconds * 1000;
  const timeoutMs = Math.ceil(totalTimeoutMs / 3);
  return { timeoutMs, idleTimeoutMs: timeoutMs, totalTimeoutMs };
}
