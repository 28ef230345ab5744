import type { Api } from './api.ts';
import {
  array,
  boolean,
  int8,
  int16,
  int32,
  nullableArray,
  nullableString,
  since,
  string,
  struct,
  type Type,
} from './types.ts';

export const createTopics = {
  key: 19,
  name: 'CreateTopics',
  versions: [0, 4],
  request: struct({
    topics: array(
      struct({
        name: string,
        partitions: int32,
        replication: int16,
        assignments: array(struct({ index: int32, brokers: array(int32) })),
        configs: array(struct({ name: string, value: nullableString })),
      }),
    ),
    timeoutMs: int32,
    validateOnly: since(1, boolean, false),
  }),
  answer: struct({
    throttleMs: since(2, int32, 0),
    topics: array(struct({ name: string, error: int16, message: since(1, nullableString, null) })),
  }),
} as const;

export const deleteTopics = {
  key: 20,
  name: 'DeleteTopics',
  versions: [0, 3],
  request: struct({ topics: array(string), timeoutMs: int32 }),
  answer: struct({ throttleMs: since(1, int32, 0), topics: array(struct({ name: string, error: int16 })) }),
} as const;

export const createPartitions = {
  key: 37,
  name: 'CreatePartitions',
  versions: [0, 1],
  request: struct({
    topics: array(
      struct({ name: string, count: int32, assignments: nullableArray(struct({ brokers: array(int32) })) }),
    ),
    timeoutMs: int32,
    validateOnly: boolean,
  }),
  answer: struct({
    throttleMs: int32,
    topics: array(struct({ name: string, error: int16, message: nullableString })),
  }),
} as const;

export const describeConfigs = {
  key: 32,
  name: 'DescribeConfigs',
  versions: [0, 2],
  request: struct({
    resources: array(struct({ kind: int8, name: string, keys: nullableArray(string) })),
    synonyms: since(1, boolean, false),
  }),
  answer: struct({
    throttleMs: int32,
    resources: array(
      struct({
        error: int16,
        message: nullableString,
        kind: int8,
        name: string,
        configs: array(
          struct({
            name: string,
            value: nullableString,
            readOnly: boolean,
            /** Version 0: whether it is the default; later: where it comes from, 1 is the topic, 5 the default. */
            source: int8,
            sensitive: boolean,
            synonyms: since(1, array(struct({ name: string, value: nullableString, source: int8 })), []),
          }),
        ),
      }),
    ),
  }),
} as const;

export const saslHandshake = {
  key: 17,
  name: 'SaslHandshake',
  versions: [0, 1],
  request: struct({ mechanism: string }),
  answer: struct({ error: int16, mechanisms: array(string) }),
} as const;

interface ApiVersions {
  readonly error: number;
  readonly apis: readonly Pick<Api, 'key' | 'versions'>[];
}

/** Version 3 is "flexible": compact arrays (length + 1) and an empty section of tags after each structure. */
const apiVersionsAnswer: Type<ApiVersions> = {
  read: () => {
    throw new Error('A broker writes this answer only');
  },
  write(into, { error, apis }, version) {
    const flexible = version >= 3;
    into.int16(error);
    if (flexible) into.smallUnsignedVarint(apis.length + 1);
    else into.int32(apis.length);
    for (const api of apis) {
      into.int16(api.key);
      into.int16(api.versions[0]);
      into.int16(api.versions[1]);
      if (flexible) into.smallUnsignedVarint(0);
    }
    if (version >= 1) into.int32(0);
    if (flexible) into.smallUnsignedVarint(0);
  },
};

/** Its header is never flexible, so that a client can read the answer before the two have agreed on anything. */
export const apiVersions = {
  key: 18,
  name: 'ApiVersions',
  versions: [0, 3],
  // From version 3 on the client's name and version follow; nothing here depends on them.
  request: struct({}),
  answer: apiVersionsAnswer,
} as const;
