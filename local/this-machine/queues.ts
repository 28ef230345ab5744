import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { FastifyInstance } from 'fastify';
import { queuesClient } from 'one-machine/services/sqs/client.ts';
import type { Stack } from '../stack.ts';

/** Queues with what lies in them; nobody receives anything by looking. Resolves when its client is closed. */
export function serveQueues(server: FastifyInstance, { model, services }: Stack): () => Promise<void> {
  const sqs = queuesClient(services.storage.sqsUrl, services.credentials);
  server.get('/local/queues', async () => ({
    queues: await Promise.all(
      model.queues.map(async ({ name, deadLetter }) => {
        const QueueUrl = services.storage.queueUrl(name);
        const { Attributes = {} } = await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
        );
        return {
          name,
          ready: Number(Attributes.ApproximateNumberOfMessages ?? 0),
          in_hand: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
          delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
          dead_letters: deadLetter?.queue ?? null,
        };
      }),
    ),
  }));
  return async () => sqs.destroy();
}
