import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { region } from 'one-machine/region.ts';
import { askConsole, type StackProcess } from './stack-process.ts';

/** Messages of a queue that nobody has done yet, also those that sleep or that somebody has in hand. */
export async function inQueue(stack: StackProcess, name: string): Promise<number> {
  const { sqs: endpoint } = await askConsole<{ sqs: string }>(stack, '/stack');
  const client = new SQSClient({ region, credentials: stack.credentials, endpoint });
  const QueueUrl = `${endpoint}/000000000000/${name}`;
  const { Attributes = {} } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  client.destroy();
  const { ApproximateNumberOfMessages: ready = 0, ApproximateNumberOfMessagesDelayed: asleep = 0 } = Attributes;
  return Number(ready) + Number(asleep) + Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0);
}
