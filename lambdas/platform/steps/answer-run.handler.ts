import { openDatabase } from '#adapters/database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { answerRunEnv, runAnswer, runQuestion } from '../contract.ts';
import { runAnswers } from './run-answer-store.ts';

/** Reads a run from the database for the function that answers with its steps. */
export const handler = stepHandler({
  env: answerRunEnv,
  input: runQuestion,
  output: runAnswer,
  services: (env) => runAnswers(openDatabase({ url: env.DATABASE_URL })),
  handle: (question, answer) => answer(question),
});
