import { systemClock } from '#adapters/clock.ts';
import { httpClient } from '#adapters/http.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { checkPublicationEnv, checkPublicationInput, checkPublicationOutput } from './contract.ts';
import { checkPublication } from './steps/check-publication.ts';

// Short: the state machine asks again in an hour.
const limits = { timeoutMs: 10_000, idleTimeoutMs: 10_000, totalTimeoutMs: 15_000, maxBytes: 4_000_000, attempts: 3 };

/** `Is it out?` Asks the ministry's list of publications. */
export const handler = stepHandler({
  env: checkPublicationEnv,
  input: checkPublicationInput,
  output: checkPublicationOutput,
  services: (env) => ({ ask: httpClient(limits), siteUrl: env.PRESALE_SITE_URL, clock: systemClock }),
  handle: checkPublication,
});
