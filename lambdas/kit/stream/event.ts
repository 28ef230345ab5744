import type { MSKRecord } from 'aws-lambda';

/** A name and a value; a record may have several of one name, and their order counts. */
export interface StreamHeader {
  readonly name: string;
  /** `null` is not empty: Kafka tells the two apart. */
  readonly value: Buffer | null;
}

/** One Kafka record as a workload sees it. Bytes are as they were produced. */
export interface StreamRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** When it was made or appended, as the topic has it; `undefined` where the broker has none. */
  readonly at: Date | undefined;
  readonly key: Buffer | undefined;
  /** `undefined`: a tombstone. */
  readonly value: Buffer | undefined;
  readonly headers: readonly StreamHeader[];
}

/** The records of one partition in their order. */
export interface PartitionBatch {
  /** `wx.messages-0`: how the event, and so the answer, names the partition. */
  readonly id: string;
  readonly records: readonly RawRecord[];
}

/** A record that isn't decoded yet: only the decoding of that one may fail then. */
export type RawRecord = Pick<MSKRecord, 'topic' | 'partition' | 'offset' | 'timestamp'> & {
  readonly timestampType: string;
  readonly key?: string | null;
  readonly value?: string | null;
  readonly headers?: readonly Readonly<Record<string, readonly number[] | null | undefined>>[] | null;
};

/** What Lambda sends; a replay from the ledger is one such event with a single record, and says so. */
export interface StreamEvent {
  readonly eventSource: string;
  readonly eventSourceArn?: string;
  readonly bootstrapServers: string;
  readonly replay?: boolean;
  /** The failure that it replays. */
  readonly replayOf?: number;
  readonly records: Readonly<Record<string, readonly RawRecord[]>>;
}

export function partitionsOf(event: StreamEvent): readonly PartitionBatch[] {
  return Object.entries(event.records).map(([id, records]) => ({ id, records }));
}

/** Keys and values come as base64 (a key may be missing, a value null), headers as lists of bytes that may be signed. */
export function decodeRecord({ topic, partition, offset, timestamp, key, value, headers }: RawRecord): StreamRecord {
  return {
    topic,
    partition,
    offset,
    at: timestamp >= 0 ? new Date(timestamp) : undefined,
    key: bytesOf(key),
    value: bytesOf(value),
    headers: (headers ?? []).flatMap((one) =>
      // Out-of-range numbers wrap, which is just what turns Java's -36 into 220.
      Object.entries(one).map(([name, bytes]) => ({ name, value: bytes ? Buffer.from(bytes) : null })),
    ),
  };
}

function bytesOf(base64: string | null | undefined): Buffer | undefined {
  return base64 === null || base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}
