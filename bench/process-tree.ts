import { readdirSync, readFileSync } from 'node:fs';

/** Memory of one process and of everything it started. */
export interface TreeMemory {
  /** Pages shared by several processes count once: what the machine really gives. */
  readonly proportionalBytes: number;
  /** Shared pages count for each process: what `ps` adds up to. */
  readonly residentBytes: number;
  readonly processes: number;
}

/** Linux only: elsewhere nobody tells what is shared. */
export const canReadMemory = process.platform === 'linux';

/** Reads /proc. A process that ends meanwhile counts as nothing. */
export function treeMemory(root: number): TreeMemory {
  const sum = { proportionalBytes: 0, residentBytes: 0, processes: 0 };
  for (const pid of withDescendants(root)) {
    const rollup = textOf(`/proc/${pid}/smaps_rollup`);
    if (rollup === '') continue;
    sum.proportionalBytes += bytesOf(rollup, 'Pss');
    sum.residentBytes += bytesOf(rollup, 'Rss');
    sum.processes += 1;
  }
  return sum;
}

/**
 * Seconds of processor time that the process and everything it started have taken, those that ended included. Another
 * program that keeps the machine busy makes work wait, but not cost more.
 */
export function treeProcessorSeconds(root: number): number {
  const ticks = withDescendants(root).map((pid) => {
    // Behind the name come the state as the third field, and from the fourteenth on user and system time, own and of the ended.
    const fields = textOf(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ').slice(11, 15) ?? [];
    return fields.reduce((sum, field) => sum + Number(field), 0);
  });
  return ticks.reduce((sum, one) => sum + one, 0) / ticksPerSecond;
}

// Linux tells it in hundredths on every machine that Node.js runs on.
const ticksPerSecond = 100;

function withDescendants(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    // The name in parentheses may hold spaces; the state and the parent stand after it.
    const [, parent] = /^\d+ \(.*\) \S (\d+)/s.exec(/^\d+$/.test(entry) ? textOf(`/proc/${entry}/stat`) : '') ?? [];
    if (parent === undefined) continue;
    const siblings = children.get(Number(parent)) ?? [];
    children.set(Number(parent), [...siblings, Number(entry)]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function bytesOf(rollup: string, name: 'Pss' | 'Rss'): number {
  const [, kilobytes = '0'] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup) ?? [];
  return Number(kilobytes) * 1024;
}
