import { array, bytes, int8, int16, int32, memberId, nullableString, since, string, struct } from './types.ts';

// Static membership (group.instance.id) starts one version above each of these.

export const findCoordinator = {
  key: 10,
  name: 'FindCoordinator',
  versions: [0, 2],
  request: struct({ name: string, kind: since(1, int8, 0) }),
  answer: struct({
    throttleMs: since(1, int32, 0),
    error: int16,
    errorMessage: since(1, nullableString, null),
    node: int32,
    host: string,
    port: int32,
  }),
} as const;

export const joinGroup = {
  key: 11,
  name: 'JoinGroup',
  versions: [0, 4],
  request: struct({
    group: string,
    sessionTimeoutMs: int32,
    rebalanceTimeoutMs: since(1, int32, -1),
    member: string,
    kind: string,
    protocols: array(struct({ name: string, metadata: bytes })),
  }),
  answer: struct({
    throttleMs: since(2, int32, 0),
    error: int16,
    generation: int32,
    protocol: string,
    leader: string,
    member: string,
    members: array(struct({ id: string, metadata: bytes })),
  }),
} as const;

export const heartbeat = {
  key: 12,
  name: 'Heartbeat',
  versions: [0, 2],
  request: struct({ group: string, generation: int32, member: memberId }),
  answer: struct({ throttleMs: since(1, int32, 0), error: int16 }),
} as const;

export const leaveGroup = {
  key: 13,
  name: 'LeaveGroup',
  versions: [0, 2],
  request: struct({ group: string, member: memberId }),
  answer: struct({ throttleMs: since(1, int32, 0), error: int16 }),
} as const;

export const syncGroup = {
  key: 14,
  name: 'SyncGroup',
  versions: [0, 2],
  request: struct({
    group: string,
    generation: int32,
    member: memberId,
    assignments: array(struct({ member: string, assignment: bytes })),
  }),
  answer: struct({ throttleMs: since(1, int32, 0), error: int16, assignment: bytes }),
} as const;

export const describeGroups = {
  key: 15,
  name: 'DescribeGroups',
  versions: [0, 2],
  request: struct({ groups: array(string) }),
  answer: struct({
    throttleMs: since(1, int32, 0),
    groups: array(
      struct({
        error: int16,
        group: string,
        state: string,
        kind: string,
        protocol: string,
        members: array(struct({ id: string, client: string, host: string, metadata: bytes, assignment: bytes })),
      }),
    ),
  }),
} as const;

export const listGroups = {
  key: 16,
  name: 'ListGroups',
  versions: [0, 2],
  request: struct({}),
  answer: struct({
    throttleMs: since(1, int32, 0),
    error: int16,
    groups: array(struct({ group: string, kind: string })),
  }),
} as const;

export const deleteGroups = {
  key: 42,
  name: 'DeleteGroups',
  versions: [0, 1],
  request: struct({ groups: array(string) }),
  answer: struct({ throttleMs: int32, results: array(struct({ group: string, error: int16 })) }),
} as const;
