import { SQSClient } from '@aws-sdk/client-sqs';
import type { Credentials } from '../../guard/credentials.ts';
import { region } from '../../region.ts';

/**
 * The stack's own client of its queues. Each queue source holds a connection for its long poll of 20 seconds; of the
 * SDK's 50 connections, with more sources than that, none would be left, and messages would wait for a poll to end.
 */
export function queuesClient(endpoint: string, credentials: Credentials): SQSClient {
  const requestHandler = { httpAgent: { maxSockets: Number.POSITIVE_INFINITY } };
  return new SQSClient({ region, credentials, endpoint, requestHandler });
}
