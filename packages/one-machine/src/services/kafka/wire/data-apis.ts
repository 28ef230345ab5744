import {
  array,
  boolean,
  bytes,
  int8,
  int16,
  int32,
  int64,
  memberId,
  nullableArray,
  nullableString,
  since,
  string,
  struct,
  versions,
} from './types.ts';

// Source of all tables: kafka.apache.org/protocol and the message definitions in Apache Kafka's clients.

export const produce = {
  key: 0,
  name: 'Produce',
  versions: [3, 8],
  request: struct({
    transactionalId: nullableString,
    acks: int16,
    timeoutMs: int32,
    topics: array(struct({ name: string, partitions: array(struct({ index: int32, records: bytes })) })),
  }),
  answer: struct({
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            index: int32,
            error: int16,
            baseOffset: int64,
            logAppendTimeMs: int64,
            logStartOffset: since(5, int64, -1),
            recordErrors: since(8, array(struct({ index: int32, message: nullableString })), []),
            errorMessage: since(8, nullableString, null),
          }),
        ),
      }),
    ),
    throttleMs: int32,
  }),
} as const;

export const fetch = {
  key: 1,
  name: 'Fetch',
  versions: [4, 11],
  request: struct({
    replica: int32,
    maxWaitMs: int32,
    minBytes: int32,
    maxBytes: int32,
    isolation: int8,
    sessionId: since(7, int32, 0),
    sessionEpoch: since(7, int32, -1),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            index: int32,
            leaderEpoch: since(9, int32, -1),
            offset: int64,
            logStartOffset: since(5, int64, -1),
            maxBytes: int32,
          }),
        ),
      }),
    ),
    forgotten: since(7, array(struct({ name: string, partitions: array(int32) })), []),
    rack: since(11, string, ''),
  }),
  answer: struct({
    throttleMs: int32,
    error: since(7, int16, 0),
    sessionId: since(7, int32, 0),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            index: int32,
            error: int16,
            highWatermark: int64,
            lastStableOffset: int64,
            logStartOffset: since(5, int64, -1),
            aborted: nullableArray(struct({ producerId: int64, firstOffset: int64 })),
            preferredReplica: since(11, int32, -1),
            records: bytes,
          }),
        ),
      }),
    ),
  }),
} as const;

export const listOffsets = {
  key: 2,
  name: 'ListOffsets',
  versions: [1, 3],
  request: struct({
    replica: int32,
    isolation: since(2, int8, 0),
    topics: array(struct({ name: string, partitions: array(struct({ index: int32, timestamp: int64 })) })),
  }),
  answer: struct({
    throttleMs: since(2, int32, 0),
    topics: array(
      struct({
        name: string,
        partitions: array(struct({ index: int32, error: int16, timestamp: int64, offset: int64 })),
      }),
    ),
  }),
} as const;

export const metadata = {
  key: 3,
  name: 'Metadata',
  versions: [0, 6],
  request: struct({
    /** `null` (in version 0: none) is all of them. */
    topics: nullableArray(string),
    autoCreate: since(4, boolean, true),
  }),
  answer: struct({
    throttleMs: since(3, int32, 0),
    brokers: array(struct({ node: int32, host: string, port: int32, rack: since(1, nullableString, null) })),
    clusterId: since(2, nullableString, null),
    controller: since(1, int32, 0),
    topics: array(
      struct({
        error: int16,
        name: string,
        internal: since(1, boolean, false),
        partitions: array(
          struct({
            error: int16,
            index: int32,
            leader: int32,
            replicas: array(int32),
            inSync: array(int32),
            offline: since(5, array(int32), []),
          }),
        ),
      }),
    ),
  }),
} as const;

export const initProducerId = {
  key: 22,
  name: 'InitProducerId',
  versions: [0, 1],
  request: struct({ transactionalId: nullableString, timeoutMs: int32 }),
  answer: struct({ throttleMs: int32, error: int16, producerId: int64, producerEpoch: int16 }),
} as const;

export const offsetCommit = {
  key: 8,
  name: 'OffsetCommit',
  versions: [2, 6],
  request: struct({
    group: string,
    generation: int32,
    member: memberId,
    retentionMs: versions({ last: 4 }, int64, -1),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({ index: int32, offset: int64, leaderEpoch: since(6, int32, -1), metadata: nullableString }),
        ),
      }),
    ),
  }),
  answer: struct({
    throttleMs: since(3, int32, 0),
    topics: array(struct({ name: string, partitions: array(struct({ index: int32, error: int16 })) })),
  }),
} as const;

export const offsetFetch = {
  key: 9,
  name: 'OffsetFetch',
  versions: [1, 5],
  request: struct({
    group: string,
    /** `null` is whatever the group has. */
    topics: nullableArray(struct({ name: string, partitions: array(int32) })),
  }),
  answer: struct({
    throttleMs: since(3, int32, 0),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            index: int32,
            offset: int64,
            leaderEpoch: since(5, int32, -1),
            metadata: nullableString,
            error: int16,
          }),
        ),
      }),
    ),
    error: since(2, int16, 0),
  }),
} as const;
