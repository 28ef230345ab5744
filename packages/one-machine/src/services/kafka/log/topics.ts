import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { type Keeping, Partition } from './partition.ts';
import { configDefaults, type TopicConfig } from './topic-config.ts';

export interface Topic {
  readonly name: string;
  readonly partitions: readonly Partition[];
  readonly config: TopicConfig;
}

interface KeptTopic {
  readonly name: string;
  /** Its folder's name: a topic deleted and made again has another. */
  readonly id: string;
  readonly partitions: number;
  readonly config: TopicConfig;
}

interface Kept {
  readonly clusterId: string;
  /** Ids below it may have been given to producers. */
  readonly nextProducerId: number;
  readonly topics: readonly KeptTopic[];
}

// An id taken is an id gone; a block of them makes one write of many.
const producerIdBlock = 1000;

/** All topics with their partitions, and what the broker must know of itself after a restart. */
export class Topics {
  readonly clusterId: string;
  readonly #directory: string;
  readonly #topics = new Map<string, Topic & { readonly id: string }>();
  #nextProducerId: number;
  #reservedProducerId: number;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(path.join(directory, 'topics'), { recursive: true });
    const kept = this.#read();
    this.clusterId = kept.clusterId;
    this.#nextProducerId = kept.nextProducerId;
    this.#reservedProducerId = kept.nextProducerId;
    this.#removeOrphans(new Set(kept.topics.map(({ id }) => id)));
    for (const { name, id, partitions, config } of kept.topics) this.#open({ name, id, config, partitions });
    this.#write();
  }

  get(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  partition(name: string, index: number): Partition | undefined {
    return this.#topics.get(name)?.partitions[index];
  }

  all(): readonly Topic[] {
    return [...this.#topics.values()];
  }

  create(name: string, partitions: number, config: TopicConfig = {}): void {
    this.#open({ name, id: randomUUID(), config, partitions });
    this.#write();
  }

  /** Adds partitions; what is in the present ones stays where it is. */
  grow(name: string, partitions: number): void {
    const topic = this.#topics.get(name);
    if (!topic) return;
    this.#open({ name, id: topic.id, config: topic.config, partitions }, topic.partitions);
    this.#write();
  }

  delete(name: string): boolean {
    const topic = this.#topics.get(name);
    if (!topic) return false;
    this.#topics.delete(name);
    this.#write();
    for (const partition of topic.partitions) partition.remove();
    rmSync(this.#folder(topic.id), { recursive: true, force: true });
    return true;
  }

  newProducerId(): number {
    if (this.#nextProducerId >= this.#reservedProducerId) {
      this.#reservedProducerId = this.#nextProducerId + producerIdBlock;
      this.#write();
    }
    this.#nextProducerId += 1;
    return this.#nextProducerId - 1;
  }

  retain(now: number): void {
    for (const { partitions } of this.#topics.values()) for (const partition of partitions) partition.retain(now);
  }

  async flush(): Promise<void> {
    for (const { partitions } of this.#topics.values()) for (const partition of partitions) await partition.flush();
  }

  close(): void {
    for (const { partitions } of this.#topics.values()) for (const partition of partitions) partition.close();
  }

  #open({ name, id, config, partitions }: KeptTopic, present: readonly Partition[] = []): void {
    const keeping = keepingOf(config);
    const opened = Array.from(
      { length: partitions },
      (_, index) => present[index] ?? new Partition(path.join(this.#folder(id), String(index)), keeping),
    );
    this.#topics.set(name, { name, id, config, partitions: opened });
  }

  #removeOrphans(known: ReadonlySet<string>): void {
    for (const id of readdirSync(path.join(this.#directory, 'topics')))
      if (!known.has(id)) rmSync(this.#folder(id), { recursive: true, force: true });
  }

  #read(): Kept {
    try {
      return JSON.parse(readFileSync(path.join(this.#directory, 'broker.json'), 'utf8')) as Kept;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return { clusterId: randomUUID(), nextProducerId: 1, topics: [] };
    }
  }

  /** At once or not at all: written beside, on disk, then put in its place. */
  #write(): void {
    const topics = [...this.#topics.values()].map(({ name, id, partitions, config }) => ({
      name,
      id,
      partitions: partitions.length,
      config,
    }));
    const kept: Kept = { clusterId: this.clusterId, nextProducerId: this.#reservedProducerId, topics };
    const file = path.join(this.#directory, 'broker.json');
    const descriptor = openSync(`${file}.new`, 'w');
    writeSync(descriptor, JSON.stringify(kept, undefined, 2));
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(`${file}.new`, file);
  }

  #folder(id: string): string {
    return path.join(this.#directory, 'topics', id);
  }
}

/** A topic's settings as numbers, with the defaults for those it doesn't have. */
function keepingOf(config: TopicConfig): Keeping {
  const setting = (name: keyof typeof configDefaults) => Number(config[name] ?? configDefaults[name]);
  return {
    retentionMs: setting('retention.ms'),
    retentionBytes: setting('retention.bytes'),
    segmentBytes: setting('segment.bytes'),
    maxMessageBytes: setting('max.message.bytes'),
  };
}
