import { authenticateAlone } from '#adapters/callers/alone.ts';
import { systemClock } from '#adapters/clock.ts';
import { probeBroker } from '#adapters/probes/broker.ts';
import { probeBucket } from '#adapters/probes/bucket.ts';
import { probeDatabase } from '#adapters/probes/database.ts';
import { probeSecret } from '#adapters/probes/secret.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { checkInsideEnv } from '../contract.ts';
import type { Dependency } from './check-dependencies.ts';
import { insideApi } from './routes.ts';
import { silentSites } from './silent-sites-store.ts';

const required = true;

/** Checks the dependencies of the functions inside the VPC. */
export const handler = apiHandler({
  env: checkInsideEnv,
  authenticate: authenticateAlone,
  services: (env) => {
    const of = (kind: string, name: string, without: string, probe: Dependency['probe']) => {
      return { kind, name, required, without, probe };
    };
    const dependencies = [
      of('database', 'millrace', 'Nothing is loaded, and the API answers 503.', () => probeDatabase(env.DATABASE_URL)),
      of('bucket', env.RAW_BUCKET, 'Nothing is backed up, so nothing is loaded either.', (signal) =>
        probeBucket(env.RAW_BUCKET, signal),
      ),
      of('secret', 'users', 'The API lets nobody in.', (signal) => probeSecret(env.USERS_SECRET, signal)),
      env.KAFKA_BROKERS === ''
        ? { ...of('broker', 'Kafka', 'Nothing: no workload here reads from it.', undefined), required: false }
        : of('broker', 'Kafka', 'Messages wait where they are made, and none is tagged.', () => probeBroker(env)),
    ];
    return { dependencies, clock: systemClock, waited: () => silentSites(env.DATABASE_URL) };
  },
  routes: insideApi,
});
