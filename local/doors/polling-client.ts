import { SQSClient } from '@aws-sdk/client-sqs';
import type { Credentials } from '../guard/credentials.ts';
import { region } from '../machine.ts';

/**
 * The client of those who wait for messages. Each poll holds a connection for up to 20 s, and the SDK opens 50 unless it is
 * told otherwise: with more queues, a message would wait for other queues' polls to end.
 */
export function pollingClient(endpoint: string, credentials: Credentials): SQSClient {
  return new SQSClient({
    region,
    credentials,
    endpoint,
    requestHandler: { httpAgent: { maxSockets: Number.POSITIVE_INFINITY } },
  });
}
