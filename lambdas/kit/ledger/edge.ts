/** `platform/export-tables`: workload and part, as the ledger names what failed. */
export type EdgeName = `${string}/${string}`;

/** How an edge ends: its queue gave up on a message, its schedule or rule wasn't heard, its function failed. */
export const edgeEnds = ['dead', 'missed', 'failed'] as const;

export type EdgeEnd = (typeof edgeEnds)[number];

/** What a resource's name says about itself. */
export interface Edge {
  readonly workload: string;
  readonly name: string;
  /** Of a dead end; `undefined` for what leads to one. */
  readonly end: EdgeEnd | undefined;
  /** Name of the queue whose messages end here, where it is one's dead letters. */
  readonly source: string | undefined;
}

export interface EdgeResource {
  /** `dev`. */
  readonly environment: string;
  readonly edge: EdgeName;
  readonly end?: EdgeEnd | undefined;
  /** Queues that keep an order must be named so. */
  readonly fifo?: boolean | undefined;
}

// SQS allows no more; state machines 80 as well.
const longest = 80;
const ending = `(?:-(${edgeEnds.join('|')}))`;

/**
 * Name of a queue or state machine: `millrace-dev-platform-export-tables-failed`. The ledger's intake reads the edge
 * back from it (docs/decisions/0013-names-say-the-edge.md). Throws when the edge can't be read back, or is too long.
 */
export function edgeResourceName({ environment, edge, end, fifo = false }: EdgeResource): string {
  if (!/^[a-z]+\/[a-z][a-z0-9-]*$/.test(edge) || new RegExp(`${ending}$`).test(edge))
    throw new Error(`"${edge}" is no edge's name: expected workload/part, not ending in ${edgeEnds.join(', ')}`);
  const name = `millrace-${environment}-${edge.replace('/', '-')}${end ? `-${end}` : ''}${fifo ? '.fifo' : ''}`;
  if (name.length > longest) throw new Error(`The name ${name} has ${name.length} characters of ${longest}`);
  return name;
}

/** The edge of a queue's or state machine's ARN; `undefined` when its name isn't one of ours. */
export function edgeOf(arn: string): Edge | undefined {
  const name = arn.split(':').at(-1) ?? '';
  const [, workload, part, end, fifo = ''] =
    new RegExp(`^millrace-[a-z0-9]+-([a-z]+)-([a-z][a-z0-9-]*?)${ending}?(\\.fifo)?$`).exec(name) ?? [];
  if (workload === undefined || part === undefined) return undefined;
  const known = edgeEnds.find((each) => each === end);
  const source = known === 'dead' ? `${name.slice(0, -'-dead'.length - fifo.length)}${fifo}` : undefined;
  return { workload, name: part, end: known, source };
}

/** ARN of the dead letters of a queue of ours: what {@link edgeOf} reads back as its `source`. */
export function deadLettersOf(queueArn: string): string {
  return queueArn.replace(/(\.fifo)?$/, '-dead$1');
}
