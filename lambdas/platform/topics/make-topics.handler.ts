import { ensureTopics } from '#adapters/stream/topics.ts';
import { readEnv } from '#kit/env.ts';
import { instrumented } from '#kit/invocation.ts';
import { logger } from '#kit/telemetry.ts';
import { makeTopicsEnv } from '../contract.ts';

/** Runs when a serverless cluster is made or its topics change (CDK Trigger); a failure stops the deployment. */
export const handler = instrumented(async () => {
  const env = readEnv(makeTopicsEnv);
  const topics = await ensureTopics(env, env.TOPICS);
  logger().info('The topics are there', { topics });
  return topics;
});
