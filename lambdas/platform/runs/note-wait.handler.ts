import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { storableText } from '#kit/text/storable.ts';
import { noteWait } from '#record/run-book.ts';
import { noteWaitEnv, noteWaitInput, noteWaitOutput } from '../contract.ts';

/** Records the reason and the end of a run's wait, so that lists of runs can show them. */
export const handler = stepHandler({
  env: noteWaitEnv,
  input: noteWaitInput,
  output: noteWaitOutput,
  services: (env) => ({ database: openDatabase({ url: env.DATABASE_URL }), clock: systemClock }),
  async handle({ seconds, reason, ...run }, { database, clock }) {
    const until = new Date(clock().getTime() + seconds * 1000);
    await noteWait(database.query, { ...run, reason: storableText(reason), until });
    return { until: until.toISOString() };
  },
});
