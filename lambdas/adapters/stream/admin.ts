import { Admin } from '@platformatic/kafka';
import type { KafkaEnv } from '#kit/stream/env.ts';
import { iamSignIn } from './iam.ts';

/** A client that asks and never produces, given up soon: a caller waits. */
export function adminOf({ KAFKA_BROKERS, KAFKA_AUTH, KAFKA_REGION }: KafkaEnv): Admin {
  return new Admin({
    clientId: 'millrace',
    bootstrapBrokers: KAFKA_BROKERS.split(','),
    retries: 1,
    connectTimeout: 2000,
    requestTimeout: 5000,
    timeout: 5000,
    ...(KAFKA_AUTH === 'iam' ? iamSignIn(KAFKA_REGION) : {}),
  });
}
