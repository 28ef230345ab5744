import { randomUUID } from 'node:crypto';
import type { StreamSourceModel } from '../../template/model.ts';
import type { Condition } from './deliver.ts';
import { eventOf, type PolledRecord } from './event.ts';

/** An object as Lambda's on-failure destination writes it: the whole event, and why it was given up. */
export interface FailedBatch {
  readonly bucket: string;
  readonly key: string;
  readonly body: string;
}

export interface GivenUp {
  readonly records: readonly PolledRecord[];
  readonly condition: Condition;
  readonly tries: number;
}

/** `undefined` where the mapping keeps nothing. Source: Lambda Developer Guide, "Capturing discarded batches". */
export function failedBatch(
  source: StreamSourceModel,
  brokers: string,
  { records, condition, tries }: GivenUp,
): FailedBatch | undefined {
  if (source.failuresBucket === undefined) return undefined;
  const now = new Date().toISOString();
  const [date = '', time = ''] = now.slice(0, 19).split('T');
  const payload = JSON.stringify(eventOf(records, source, brokers));
  return {
    bucket: source.failuresBucket,
    key: `aws/lambda/${source.id}/${date.replaceAll('-', '/')}/${date}T${time.replaceAll(':', '.')}-${randomUUID()}`,
    body: JSON.stringify({
      requestContext: {
        requestId: randomUUID(),
        functionArn: source.functionArn,
        condition,
        approximateInvokeCount: tries,
      },
      version: '1.0',
      timestamp: now,
      KafkaBatchInfo: {
        batchSize: records.length,
        bootstrapServers: brokers,
        eventSourceArn: source.eventSourceArn,
        payloadSize: Buffer.byteLength(payload),
      },
      payload,
    }),
  };
}
