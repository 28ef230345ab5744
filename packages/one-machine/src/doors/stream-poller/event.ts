import type { Message } from '@platformatic/kafka';
import type { MSKEvent, MSKRecord } from 'aws-lambda';
import type { StreamSourceModel } from '../../template/model.ts';

/** A record as it goes into an event, with what it weighs there. */
export interface PolledRecord {
  readonly record: MSKRecord;
  /** Of its JSON, nearly. */
  readonly bytes: number;
}

// Field names, numbers and quotes of one record in the event.
const recordOverheadBytes = 200;

/** Keys and values as base64 (a missing key is left out, a tombstone's value null), headers as Java's signed bytes. */
export function polled(message: Message): PolledRecord {
  const { topic, partition, offset, timestamp, headerEntries } = message;
  // The client's types know neither missing keys nor tombstones; the protocol does.
  const [key, value] = [message.key, message.value] as readonly (Buffer | null | undefined)[];
  const record = {
    topic,
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    timestampType: 'CREATE_TIME',
    ...(key ? { key: key.toString('base64') } : {}),
    value: value ? value.toString('base64') : null,
    headers: headerEntries.map(([name, bytes]) => ({ [String(name)]: bytes ? [...new Int8Array(bytes)] : null })),
  } as unknown as MSKRecord;
  const headerBytes = headerEntries.reduce((sum, [, bytes]) => sum + (bytes?.length ?? 0) * 5, 0);
  return { record, bytes: ((key?.length ?? 0) + (value?.length ?? 0)) * (4 / 3) + headerBytes + recordOverheadBytes };
}

/** One invocation's event: the records by partition, in their order. */
export function eventOf(
  records: readonly PolledRecord[],
  { eventSourceArn }: StreamSourceModel,
  bootstrapServers: string,
): MSKEvent {
  const byPartition = Map.groupBy(
    records.map(({ record }) => record),
    partitionId,
  );
  const source =
    eventSourceArn === '' ? { eventSource: 'SelfManagedKafka' } : { eventSource: 'aws:kafka', eventSourceArn };
  return { ...source, bootstrapServers, records: Object.fromEntries(byPartition) } as MSKEvent;
}

/** `wx.messages-0` */
export function partitionId({ topic, partition }: Pick<MSKRecord, 'topic' | 'partition'>): string {
  return `${topic}-${partition}`;
}
