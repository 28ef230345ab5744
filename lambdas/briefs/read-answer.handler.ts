import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { manyHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { answerPorts } from './collect/answer-ports-topic.ts';
import { readMessage } from './collect/messages.ts';
import { readAnswers } from './collect/read-answer.ts';
import { readAnswerEnv } from './contract.ts';

/** Reads what platforms have answered: articles go to Kafka, and what comes next is asked for. */
export const handler = manyHandler({
  env: readAnswerEnv,
  message: readMessage,
  ledger: sendFailures,
  services: (env) =>
    answerPorts(env, openDatabase<unknown>({ url: env.DATABASE_URL }), objectStore(env.RAW_BUCKET), systemClock),
  handle: readAnswers,
});
