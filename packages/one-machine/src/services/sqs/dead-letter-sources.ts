import type { buildApp } from 'fauxqs';
import type { Stores } from './fauxqs.ts';

/** Answers ListDeadLetterSourceQueues, which fauxqs doesn't have: the queues that send their dead letters to this one. */
export function tellDeadLetterSources(app: ReturnType<typeof buildApp>, sqsStore: Stores['sqsStore']): void {
  app.addHook('preHandler', async (request, reply) => {
    if (request.headers['x-amz-target'] !== 'AmazonSQS.ListDeadLetterSourceQueues') return;
    const { QueueUrl } = request.body as { QueueUrl?: unknown };
    const target = typeof QueueUrl === 'string' ? sqsStore.getQueue(QueueUrl) : undefined;
    // fauxqs says what there is to say of a queue that isn't there, as of one whose attributes are asked for.
    if (!target) {
      request.headers['x-amz-target'] = 'AmazonSQS.GetQueueAttributes';
      return;
    }
    const queueUrls = [...sqsStore.allQueues()].filter((queue) => sendsTo(queue, target.arn)).map(({ url }) => url);
    return reply.header('content-type', 'application/x-amz-json-1.0').send(JSON.stringify({ queueUrls }));
  });
}

function sendsTo({ attributes }: { readonly attributes: Readonly<Record<string, string>> }, arn: string): boolean {
  const { deadLetterTargetArn } = JSON.parse(attributes.RedrivePolicy || '{}') as { deadLetterTargetArn?: string };
  return deadLetterTargetArn === arn;
}
