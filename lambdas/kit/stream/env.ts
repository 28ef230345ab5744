import * as z from 'zod';

/** Variables of every function that speaks to the brokers; a contract that says they may be absent overrides them. */
export const kafkaEnv = {
  /** host:port, separated by commas. */
  KAFKA_BROKERS: z.string().min(1),
  /** MSK's IAM over TLS, or nothing on one machine. */
  KAFKA_AUTH: z.enum(['iam', 'none']),
  /** Of the cluster: signing in by IAM needs it. */
  KAFKA_REGION: z.string().min(1),
};

/** The same, read. */
export type KafkaEnv = { readonly [K in keyof typeof kafkaEnv]: z.output<(typeof kafkaEnv)[K]> };
