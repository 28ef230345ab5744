import { configDefaults, configFault, type TopicConfig } from '../log/topic-config.ts';
import type { Topic } from '../log/topics.ts';
import {
  apiVersions,
  createPartitions,
  createTopics,
  deleteTopics,
  describeConfigs,
  saslHandshake,
} from '../wire/admin-apis.ts';
import type { Api, RequestOf } from '../wire/api.ts';
import { type ErrorCode, errors } from '../wire/errors.ts';
import { type Answering, answering, type Broker, node } from './answering.ts';
import { validTopicName } from './data.ts';

const throttleMs = 0;
type NewTopic = RequestOf<typeof createTopics>['topics'][number];
type Result = { readonly error: ErrorCode; readonly message: string | null };

const done: Result = { error: errors.none, message: null };
// Each partition is files and memory of one machine.
const mostPartitions = 1000;

/** What administrators ask for: topics and settings. */
export function adminAnswers(broker: Broker, speaks: () => readonly Api[]): readonly Answering[] {
  const { topics } = broker;
  return [
    answering(apiVersions, () => ({ error: errors.none, apis: speaks() })),
    // Nothing is authenticated here: a client that insists is told so instead of being let in.
    answering(saslHandshake, () => ({ error: errors.unsupportedSaslMechanism, mechanisms: [] })),
    answering(createTopics, ({ topics: asked, validateOnly }) => ({
      throttleMs,
      topics: asked.map((topic) => ({
        name: topic.name,
        ...(asked.filter(({ name }) => name === topic.name).length > 1
          ? { error: errors.invalidRequest, message: 'The topic stands twice in one request' }
          : create(broker, topic, validateOnly)),
      })),
    })),
    answering(deleteTopics, ({ topics: names }) => ({
      throttleMs,
      topics: names.map((name) => {
        broker.offsets.deleteTopic(name);
        return { name, error: topics.delete(name) ? errors.none : errors.unknownTopicOrPartition };
      }),
    })),
    answering(createPartitions, ({ topics: asked, validateOnly }) => ({
      throttleMs,
      topics: asked.map((growth) => ({ name: growth.name, ...grow(broker, { ...growth, validateOnly }) })),
    })),
    answering(describeConfigs, ({ resources }) => ({
      throttleMs,
      resources: resources.map(({ kind, name, keys }) => describe(topics.get(name), { kind, name, keys })),
    })),
  ];
}

function create({ topics, defaultPartitions }: Broker, asked: NewTopic, validateOnly: boolean): Result {
  const fault = faultOf(asked, topics.get(asked.name) !== undefined);
  if (fault || validateOnly) return fault ?? done;
  const config = Object.fromEntries(
    asked.configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])),
  );
  topics.create(asked.name, partitionsOf(asked) ?? defaultPartitions, config);
  return done;
}

function faultOf(asked: NewTopic, there: boolean): Result | undefined {
  const { name, replication, configs } = asked;
  const partitions = partitionsOf(asked) ?? 1;
  if (!validTopicName(name)) return { error: errors.invalidTopic, message: `${name} is no topic's name` };
  if (there) return { error: errors.topicExists, message: `Topic '${name}' already exists.` };
  if (partitions < 1 || partitions > mostPartitions)
    return { error: errors.invalidPartitions, message: `Partitions go from 1 to ${mostPartitions} here` };
  if (replication !== -1 && replication !== 1 && asked.assignments.length === 0)
    return { error: errors.invalidReplicationFactor, message: 'There is one broker here' };
  if (!isHere(asked.assignments))
    return { error: errors.invalidReplicaAssignment, message: `Partitions from 0 on, each on the one broker ${node}` };
  const wrong = configFault(configs);
  return wrong === undefined ? undefined : { error: errors.invalidConfig, message: wrong };
}

/** Whether each partition, from the first to the last, is assigned to the one broker there is. */
function isHere(assignments: NewTopic['assignments']): boolean {
  const indexes = assignments.map(({ index }) => index).sort((one, other) => one - other);
  return (
    indexes.every((index, at) => index === at) &&
    assignments.every(({ brokers }) => brokers.length === 1 && brokers[0] === node)
  );
}

/** `undefined` where the broker is to choose. */
function partitionsOf({ partitions, assignments }: NewTopic): number | undefined {
  if (assignments.length > 0) return assignments.length;
  return partitions === -1 ? undefined : partitions;
}

interface Growth {
  readonly name: string;
  readonly count: number;
  readonly assignments: readonly { readonly brokers: readonly number[] }[] | null;
  readonly validateOnly: boolean;
}

function grow({ topics }: Broker, { name, count, assignments, validateOnly }: Growth): Result {
  const present = topics.get(name)?.partitions.length;
  if (present === undefined) return { error: errors.unknownTopicOrPartition, message: null };
  if (count <= present || count > mostPartitions)
    return { error: errors.invalidPartitions, message: `It has ${present}; ${mostPartitions} is the most here` };
  const assigned = assignments?.map(({ brokers }, at) => ({ index: at, brokers })) ?? [];
  if (assignments && (assignments.length !== count - present || !isHere(assigned)))
    return { error: errors.invalidReplicaAssignment, message: `Each new partition is on the one broker ${node}` };
  if (!validateOnly) topics.grow(name, count);
  return done;
}

// Of DescribeConfigs: the kind of resource, and where a value comes from.
const topicKind = 2;
const fromTopic = 1;
const fromDefault = 5;

function describe(
  topic: Topic | undefined,
  { kind, name, keys }: { readonly kind: number; readonly name: string; readonly keys: readonly string[] | null },
) {
  const missing = kind === topicKind && !topic;
  const own: TopicConfig = kind === topicKind ? (topic?.config ?? {}) : {};
  const all = Object.entries({ ...configDefaults, ...own }).filter(([key]) => keys === null || keys.includes(key));
  return {
    error: missing ? errors.unknownTopicOrPartition : errors.none,
    message: null,
    kind,
    name,
    configs: missing
      ? []
      : all.map(([key, value]) => ({
          name: key,
          value: String(value),
          readOnly: true,
          source: key in own ? fromTopic : fromDefault,
          sensitive: false,
          synonyms: [],
        })),
  };
}
