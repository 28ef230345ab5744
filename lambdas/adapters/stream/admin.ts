import { Admin } from '@platformatic/kafka';
import { iamSignIn } from './iam.ts';

/** Where the brokers are and how to sign in there. */
export interface BrokerAddress {
  readonly KAFKA_BROKERS: string;
  readonly KAFKA_AUTH: 'iam' | 'none';
  readonly KAFKA_REGION: string;
}

/** A client that asks and never produces, given up soon: somebody waits. */
export function adminOf({ KAFKA_BROKERS, KAFKA_AUTH, KAFKA_REGION }: BrokerAddress): Admin {
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
