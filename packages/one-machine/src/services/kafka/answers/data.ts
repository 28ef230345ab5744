import type { Partition } from '../log/partition.ts';
import type { AnswerOf, RequestOf } from '../wire/api.ts';
import { fetch, initProducerId, listOffsets, metadata, produce } from '../wire/data-apis.ts';
import { type ErrorCode, errors } from '../wire/errors.ts';
import { type Answering, answering, type Broker, type Caller, node } from './answering.ts';

type FetchRequest = RequestOf<typeof fetch>;
type FetchAnswer = AnswerOf<typeof fetch>;
type FetchedPartition = FetchAnswer['topics'][number]['partitions'][number];

/** What producers and consumers ask for: topics, batches, offsets. */
export function dataAnswers(broker: Broker): readonly Answering[] {
  return [
    answering(produce, (request) => answerProduce(broker, request)),
    answering(fetch, (request, caller) => answerFetch(broker, request, caller)),
    answering(listOffsets, (request) => answerListOffsets(broker, request)),
    answering(metadata, (request, { version }) => answerMetadata(broker, request, version)),
    answering(initProducerId, ({ transactionalId }) => {
      const refused = transactionalId !== null;
      return {
        throttleMs: 0,
        error: refused ? errors.transactionalIdAuthorizationFailed : errors.none,
        producerId: refused ? -1 : broker.topics.newProducerId(),
        producerEpoch: refused ? -1 : 0,
      };
    }),
  ];
}

function answerProduce({ topics }: Broker, request: RequestOf<typeof produce>): AnswerOf<typeof produce> | undefined {
  const write = (name: string, index: number, records: Buffer) => {
    if (request.transactionalId !== null) return refusedWrite(index, errors.transactionalIdAuthorizationFailed);
    const partition = topics.partition(name, index);
    if (!partition) return refusedWrite(index, errors.unknownTopicOrPartition);
    const appended = partition.append(records);
    if (appended.error !== errors.none) return refusedWrite(index, appended.error);
    const { baseOffset } = appended;
    return { ...refusedWrite(index, errors.none), baseOffset, logStartOffset: partition.startOffset };
  };
  const written = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ index, records }) => write(name, index, records)),
  }));
  return request.acks === 0 ? undefined : { topics: written, throttleMs: 0 };
}

function refusedWrite(index: number, error: ErrorCode) {
  return {
    index,
    error,
    baseOffset: -1,
    logAppendTimeMs: -1,
    logStartOffset: -1,
    recordErrors: [],
    errorMessage: null,
  };
}

/** Answers when there is enough, the time is over, or something is wrong with a partition. */
async function answerFetch(broker: Broker, request: FetchRequest, { gone }: Caller): Promise<FetchAnswer> {
  const until = Date.now() + request.maxWaitMs;
  for (;;) {
    const { topics, bytes, faulty } = readAll(broker, request);
    if (bytes >= request.minBytes || faulty || Date.now() >= until || gone.aborted)
      return { throttleMs: 0, error: errors.none, sessionId: 0, topics };
    const partitions = request.topics.flatMap(({ name, partitions: asked }) =>
      asked.map(({ index }) => broker.topics.partition(name, index)),
    );
    await nextAppend(partitions, until - Date.now(), gone);
  }
}

function readAll({ topics }: Broker, request: FetchRequest) {
  let bytes = 0;
  let faulty = false;
  const one = (name: string, { index, offset, maxBytes }: FetchRequest['topics'][number]['partitions'][number]) => {
    const partition = topics.partition(name, index);
    const room = Math.min(maxBytes, request.maxBytes - bytes);
    // The first one gets a batch even where it is larger than asked for: else no consumer would ever get past it.
    const records = bytes > 0 && room <= 0 ? Buffer.alloc(0) : partition?.read(offset, room);
    if (records === undefined) faulty = true;
    bytes += records?.length ?? 0;
    return fetched(index, partition, records);
  };
  const answered = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((asked) => one(name, asked)),
  }));
  return { topics: answered, bytes, faulty };
}

function fetched(index: number, partition: Partition | undefined, records: Buffer | undefined): FetchedPartition {
  const missing = partition ? errors.offsetOutOfRange : errors.unknownTopicOrPartition;
  const end = partition?.endOffset ?? -1;
  return {
    index,
    error: records === undefined ? missing : errors.none,
    highWatermark: end,
    lastStableOffset: end,
    logStartOffset: partition?.startOffset ?? -1,
    aborted: null,
    preferredReplica: -1,
    records: records ?? Buffer.alloc(0),
  };
}

/** Resolves at the next append to one of them, when the time is over, or when the client has gone. */
function nextAppend(partitions: readonly (Partition | undefined)[], milliseconds: number, gone: AbortSignal) {
  return new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      gone.removeEventListener('abort', done);
      for (const end of ends) end?.();
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    gone.addEventListener('abort', done);
    const ends = partitions.map((partition) => partition?.onAppend(done));
  });
}

function answerListOffsets({ topics }: Broker, request: RequestOf<typeof listOffsets>): AnswerOf<typeof listOffsets> {
  const find = (name: string, index: number, timestamp: number) => {
    const partition = topics.partition(name, index);
    if (!partition) return { index, error: errors.unknownTopicOrPartition, timestamp: -1, offset: -1 };
    if (timestamp === -1) return { index, error: errors.none, timestamp: -1, offset: partition.endOffset };
    if (timestamp === -2) return { index, error: errors.none, timestamp: -1, offset: partition.startOffset };
    // The protocol's other special times came with versions that aren't spoken here.
    if (timestamp < 0) return { index, error: errors.invalidRequest, timestamp: -1, offset: -1 };
    try {
      const found = partition.firstFrom(timestamp);
      return { index, error: errors.none, timestamp: found?.timestamp ?? -1, offset: found?.offset ?? -1 };
    } catch {
      // A producer may pack anything; its batches are not looked into before.
      return { index, error: errors.corruptMessage, timestamp: -1, offset: -1 };
    }
  };
  return {
    throttleMs: 0,
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ index, timestamp }) => find(name, index, timestamp)),
    })),
  };
}

function answerMetadata(
  { topics, host, port, defaultPartitions, autoCreate }: Broker,
  request: RequestOf<typeof metadata>,
  version: number,
): AnswerOf<typeof metadata> {
  const everything = request.topics === null || (version === 0 && request.topics.length === 0);
  const names = everything ? topics.all().map(({ name }) => name) : (request.topics ?? []);
  const describe = (name: string) => {
    if (!topics.get(name) && autoCreate && request.autoCreate && validTopicName(name))
      topics.create(name, defaultPartitions);
    const topic = topics.get(name);
    const error = validTopicName(name) ? errors.unknownTopicOrPartition : errors.invalidTopic;
    const partitions = (topic?.partitions ?? []).map((_, index) => ({
      error: errors.none,
      index,
      leader: node,
      replicas: [node],
      inSync: [node],
      offline: [],
    }));
    return { error: topic ? errors.none : error, name, internal: false, partitions };
  };
  return {
    throttleMs: 0,
    brokers: [{ node, host, port, rack: null }],
    clusterId: topics.clusterId,
    controller: node,
    topics: names.map(describe),
  };
}

/** Kafka's rule: letters, digits, dot, underscore, hyphen; at most 249 of them. */
export function validTopicName(name: string): boolean {
  return /^[\w.-]{1,249}$/.test(name) && name !== '.' && name !== '..';
}
