import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { actions } from './behavior/actions.ts';
import { answerNumbersEnv, answerNumbersInput, answerNumbersOutput } from './contract.ts';
import { answerFrom } from './metrics/answer-store.ts';
import { hotFromOf } from './metrics/hot-days.ts';

/** What the database knows of a question about behaviour. */
export const handler = stepHandler({
  env: answerNumbersEnv,
  input: answerNumbersInput,
  output: answerNumbersOutput,
  services: (env) => ({ database: openDatabase({ url: env.DATABASE_URL }), hotDays: env.HOT_DAYS }),
  handle: (question, { database, hotDays }) =>
    answerFrom(database, question, { hotFrom: hotFromOf(systemClock(), hotDays), knownActions: actions }),
});
