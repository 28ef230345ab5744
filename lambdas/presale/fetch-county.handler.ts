import { systemClock } from '#adapters/clock.ts';
import { httpClient } from '#adapters/http.ts';
import { objectStore } from '#adapters/object-store.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { fetchCountyEnv, fetchCountyInput, fetchCountyOutput } from './contract.ts';
import { fetchCounty } from './steps/fetch-county.ts';

// A season's file of the largest county has under 2 MB. Six tries outlast a site that fails five times in a row, and all
// of them together end before the function's ten minutes do.
const limits = {
  timeoutMs: 30_000,
  idleTimeoutMs: 30_000,
  totalTimeoutMs: 90_000,
  maxBytes: 1_000_000_000,
  attempts: 6,
};

/** `Fetch and back up`: one county's file, byte for byte, into the bucket. */
export const handler = stepHandler({
  env: fetchCountyEnv,
  input: fetchCountyInput,
  output: fetchCountyOutput,
  services: (env) => ({
    ask: httpClient(limits),
    siteUrl: env.PRESALE_SITE_URL,
    raw: objectStore(env.RAW_BUCKET),
    clock: systemClock,
  }),
  handle: fetchCounty,
});
