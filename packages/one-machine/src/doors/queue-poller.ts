import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Faults } from '../faults.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import type { QueueSourceModel } from '../template/model.ts';
import { failedItems } from './batch-answer.ts';
import { payloadsOf } from './queue-poller/payloads.ts';
import { places } from './queue-poller/places.ts';

export interface QueuePoller {
  /** Takes no further messages; what functions have in hand goes on. */
  stop(): Promise<void>;
  /** Resolves when nothing is in hand: soon after the functions have stopped. */
  idle(): Promise<void>;
}

export interface QueuePollerOptions {
  readonly source: QueueSourceModel;
  readonly queueUrl: string;
  readonly sqs: SQSClient;
  readonly functions: FunctionHost;
  readonly faults: Faults;
  readonly region: string;
  readonly onError: (message: string) => void;
}

const receiveAtMost = 10;
const longPollSeconds = 20;
const afterErrorMs = 1000;

/**
 * Lambda's event source mapping for SQS: long polls, batches within the window, deletes what succeeded and leaves the
 * rest to its visibility timeout and redrive. Source: Lambda Developer Guide, "Using Lambda with Amazon SQS".
 */
export function startQueuePoller(options: QueuePollerOptions): QueuePoller {
  const stop = new AbortController();
  const { signal } = stop;
  const hands = places(options.source.concurrency);

  async function poll(): Promise<void> {
    while (!signal.aborted) {
      await hands.free();
      try {
        const batch = await receiveBatch(options, signal);
        if (batch.length === 0) continue;
        for (let left = options.faults.deliveries(); left > 0 && !signal.aborted; left -= 1) {
          await hands.free();
          hands.fill(deliver(options, batch, signal));
        }
      } catch (error) {
        if (signal.aborted) return;
        options.onError(`${options.source.queueArn}: ${String(error)}`);
        await sleep(afterErrorMs);
      }
    }
  }

  const polling = poll();
  return {
    async stop() {
      stop.abort();
      hands.endWaiting();
      await polling;
    },
    idle: hands.empty,
  };
}

async function receiveBatch(options: QueuePollerOptions, signal: AbortSignal): Promise<Message[]> {
  const { batchSize, windowSeconds } = options.source;
  const until = Date.now() + windowSeconds * 1000;
  const batch: Message[] = [];
  do {
    const WaitTimeSeconds = windowSeconds > 0 ? Math.max(0, Math.ceil((until - Date.now()) / 1000)) : longPollSeconds;
    const command = new ReceiveMessageCommand({
      QueueUrl: options.queueUrl,
      MaxNumberOfMessages: Math.min(receiveAtMost, batchSize - batch.length),
      WaitTimeSeconds: Math.min(longPollSeconds, WaitTimeSeconds),
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    const { Messages = [] } = await options.sqs.send(command, { abortSignal: signal });
    batch.push(...Messages);
  } while (batch.length < batchSize && Date.now() < until && !signal.aborted);
  return batch;
}

async function deliver(options: QueuePollerOptions, batch: readonly Message[], stopped: AbortSignal): Promise<void> {
  try {
    const records = batch.map((message) => toRecord(message, options));
    // One after the other: what is of one group stays in its order.
    for (const payload of payloadsOf(records)) await deliverOne(options, payload);
  } catch (error) {
    // The messages come again after their visibility timeout; a function that was ended with the stack is no news.
    if (!stopped.aborted) options.onError(`${options.source.queueArn}: ${String(error)}`);
  }
}

async function deliverOne(options: QueuePollerOptions, records: readonly SQSRecord[]): Promise<void> {
  const { source, functions, faults, sqs, queueUrl } = options;
  const event = { Records: records };
  if (faults.duplicates()) await functions.invoke(source.functionArn, event);
  const invocation = await functions.invoke(source.functionArn, event);
  if (!invocation.ok) return;
  const failed = source.reportsItemFailures ? failedIds(invocation.payload, records) : new Set();
  const done = failed === 'all' ? [] : records.filter(({ messageId }) => !failed.has(messageId));
  for (let start = 0; start < done.length; start += receiveAtMost) {
    const Entries = done
      .slice(start, start + receiveAtMost)
      .map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

/** An answer that is none, or names what isn't in the batch, makes the whole batch a failure, as Lambda has it. */
function failedIds(payload: unknown, records: readonly SQSRecord[]): ReadonlySet<unknown> | 'all' {
  const ids = failedItems(payload);
  const known = new Set<unknown>(records.map(({ messageId }) => messageId));
  return ids?.every((id) => known.has(id)) ? new Set(ids) : 'all';
}

function toRecord(message: Message, { source, region }: QueuePollerOptions): SQSRecord {
  return {
    messageId: message.MessageId ?? randomUUID(),
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: (message.Attributes ?? {}) as SQSRecord['attributes'],
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, attribute]) => [
        name,
        {
          dataType: attribute.DataType ?? 'String',
          ...(attribute.StringValue === undefined ? {} : { stringValue: attribute.StringValue }),
          ...(attribute.BinaryValue ? { binaryValue: Buffer.from(attribute.BinaryValue).toString('base64') } : {}),
        },
      ]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: source.queueArn,
    awsRegion: region,
  };
}
