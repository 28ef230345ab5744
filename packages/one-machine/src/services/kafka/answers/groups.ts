import type { AnswerOf, RequestOf } from '../wire/api.ts';
import { offsetCommit, offsetFetch } from '../wire/data-apis.ts';
import { type ErrorCode, errors } from '../wire/errors.ts';
import {
  deleteGroups,
  describeGroups,
  findCoordinator,
  heartbeat,
  joinGroup,
  leaveGroup,
  listGroups,
  syncGroup,
} from '../wire/group-apis.ts';
import { type Answering, answering, type Broker, node } from './answering.ts';

const throttleMs = 0;
const noBytes = Buffer.alloc(0);

/** What consumer groups ask for: who reads what, and where each is. */
export function groupAnswers(broker: Broker): readonly Answering[] {
  const { groups, host, port } = broker;
  return [
    answering(findCoordinator, ({ kind }) => {
      // Kind 1 is a transaction's. Any other error librdkafka takes for a passing one, and asks for ever.
      const refused = kind !== 0;
      const errorMessage = refused ? 'This broker has no transactions' : null;
      return {
        throttleMs,
        error: refused ? errors.transactionalIdAuthorizationFailed : errors.none,
        errorMessage,
        node,
        host,
        port,
      };
    }),
    answering(joinGroup, async (request, { version, clientId, host: caller }) => ({
      throttleMs,
      ...(await groups.join({ request, clientId, host: caller }, version)),
    })),
    answering(syncGroup, async (request) => ({
      throttleMs,
      ...((await groups.get(request.group)?.sync(request)) ?? { error: errors.unknownMember, assignment: noBytes }),
    })),
    answering(heartbeat, ({ group, member, generation }) => ({
      throttleMs,
      error: groups.get(group)?.heartbeat(member, generation) ?? errors.unknownMember,
    })),
    answering(leaveGroup, ({ group, member }) => ({
      throttleMs,
      error: groups.get(group)?.leave(member) ?? errors.unknownMember,
    })),
    answering(offsetCommit, (request) => answerCommit(broker, request)),
    answering(offsetFetch, (request) => answerOffsets(broker, request)),
    answering(describeGroups, ({ groups: asked }) => ({ throttleMs, groups: asked.map((id) => describe(broker, id)) })),
    answering(listGroups, () => ({ throttleMs, error: errors.none, groups: list(broker) })),
    answering(deleteGroups, ({ groups: asked }) => ({
      throttleMs,
      results: asked.map((group) => ({ group, error: remove(broker, group) })),
    })),
  ];
}

function answerCommit(
  { groups, offsets, topics }: Broker,
  request: RequestOf<typeof offsetCommit>,
): AnswerOf<typeof offsetCommit> {
  const group = groups.get(request.group);
  const outside = request.generation < 0 && request.member === '';
  const error = outside
    ? group && group.state !== 'Empty'
      ? errors.unknownMember
      : errors.none
    : (group?.check(request.member, request.generation) ?? errors.illegalGeneration);
  const known = request.topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ index }) => topics.partition(name, index))
      .map(({ index, offset, metadata }) => ({ topic: name, partition: index, offset, metadata: metadata ?? '' })),
  );
  if (error === errors.none) offsets.commit(request.group, known);
  if (!outside && error === errors.none) group?.heartbeat(request.member, request.generation);
  const result = (name: string, index: number): ErrorCode =>
    error === errors.none && !topics.partition(name, index) ? errors.unknownTopicOrPartition : error;
  return {
    throttleMs,
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ index }) => ({ index, error: result(name, index) })),
    })),
  };
}

function answerOffsets({ offsets }: Broker, request: RequestOf<typeof offsetFetch>): AnswerOf<typeof offsetFetch> {
  const everything = () =>
    [...offsets.of(request.group)].map(([name, partitions]) => ({ name, partitions: [...partitions.keys()] }));
  const find = (name: string, index: number) => {
    const { offset = -1, metadata = '' } = offsets.get(request.group, name, index) ?? {};
    return { index, offset, leaderEpoch: -1, metadata, error: errors.none };
  };
  return {
    throttleMs,
    topics: (request.topics ?? everything()).map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((index) => find(name, index)),
    })),
    error: errors.none,
  };
}

function describe({ groups, offsets }: Broker, id: string) {
  const group = groups.get(id);
  const state = group?.state ?? (offsets.groups().includes(id) ? 'Empty' : 'Dead');
  const members = (group?.members ?? []).map((member) => ({
    id: member.id,
    client: member.clientId,
    host: `/${member.host}`,
    metadata: member.metadataFor(group?.protocol ?? ''),
    assignment: member.assignment,
  }));
  return { error: errors.none, group: id, state, kind: group?.kind ?? '', protocol: group?.protocol ?? '', members };
}

function list({ groups, offsets }: Broker) {
  const ids = new Set([...groups.all().map(({ id }) => id), ...offsets.groups()]);
  return [...ids].map((id) => ({ group: id, kind: groups.get(id)?.kind ?? '' }));
}

function remove({ groups, offsets }: Broker, id: string): ErrorCode {
  const group = groups.get(id);
  if (!group && !offsets.groups().includes(id)) return errors.groupNotFound;
  if (group && group.state !== 'Empty') return errors.nonEmptyGroup;
  groups.delete(id);
  offsets.delete(id);
  return errors.none;
}
