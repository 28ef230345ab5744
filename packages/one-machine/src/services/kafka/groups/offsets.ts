import { closeSync, fdatasyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

/** Where a group is in a partition: the offset it reads next. */
export interface Committed {
  readonly offset: number;
  readonly metadata: string;
}

interface Line extends Committed {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

type Gone = { readonly group: string; readonly gone: true; readonly topic?: string };

// A file of lines that are mostly out of date is written anew.
const deadLinesBeforeRewrite = 20_000;

/** Committed offsets, one line of JSON each at the end of a file: the last of a partition counts. */
export class CommittedOffsets {
  readonly #file: string;
  readonly #groups = new Map<string, Map<string, Map<number, Committed>>>();
  #descriptor: number;
  #lines = 0;
  #flushed = true;

  constructor(file: string) {
    this.#file = file;
    this.#load();
    this.#descriptor = this.#rewrite();
  }

  groups(): readonly string[] {
    return [...this.#groups.keys()];
  }

  get(group: string, topic: string, partition: number): Committed | undefined {
    return this.#groups.get(group)?.get(topic)?.get(partition);
  }

  /** topic -> partition -> offset. */
  of(group: string): ReadonlyMap<string, ReadonlyMap<number, Committed>> {
    return this.#groups.get(group) ?? new Map();
  }

  /** Handed to the system before it returns: a killed process loses none of them. */
  commit(group: string, offsets: readonly Omit<Line, 'group'>[]): void {
    this.#append(offsets.map((line) => ({ group, ...line })));
  }

  delete(group: string): void {
    this.#append([{ group, gone: true }]);
  }

  deleteTopic(topic: string): void {
    const held = [...this.#groups].filter(([, topics]) => topics.has(topic));
    this.#append(held.map(([group]) => ({ group, gone: true, topic })));
  }

  flush(): void {
    if (!this.#flushed) fdatasyncSync(this.#descriptor);
    this.#flushed = true;
  }

  close(): void {
    this.flush();
    closeSync(this.#descriptor);
  }

  #append(lines: readonly (Line | Gone)[]): void {
    if (lines.length === 0) return;
    writeSync(this.#descriptor, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    for (const line of lines) this.#take(line);
    this.#flushed = false;
    this.#lines += lines.length;
    if (this.#lines < this.#live().length + deadLinesBeforeRewrite) return;
    closeSync(this.#descriptor);
    this.#descriptor = this.#rewrite();
  }

  #take(line: Line | Gone): void {
    if ('gone' in line) {
      if (line.topic === undefined) this.#groups.delete(line.group);
      else this.#groups.get(line.group)?.delete(line.topic);
      return;
    }
    const { group, topic, partition, offset, metadata } = line;
    const topics = this.#groups.get(group) ?? new Map<string, Map<number, Committed>>();
    const partitions = topics.get(topic) ?? new Map<number, Committed>();
    this.#groups.set(group, topics.set(topic, partitions.set(partition, { offset, metadata })));
  }

  #load(): void {
    const text = readIfThere(this.#file);
    // What follows the last line break was being written when the process was killed: it was never acknowledged.
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n'))
      if (line !== '') this.#take(JSON.parse(line) as Line | Gone);
  }

  #live(): readonly Line[] {
    return [...this.#groups].flatMap(([group, topics]) =>
      [...topics].flatMap(([topic, partitions]) =>
        [...partitions].map(([partition, committed]) => ({ group, topic, partition, ...committed })),
      ),
    );
  }

  #rewrite(): number {
    const live = this.#live();
    const descriptor = openSync(`${this.#file}.new`, 'w');
    writeSync(descriptor, live.map((line) => `${JSON.stringify(line)}\n`).join(''));
    fdatasyncSync(descriptor);
    renameSync(`${this.#file}.new`, this.#file);
    this.#lines = live.length;
    return descriptor;
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return '';
  }
}
