import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshCheckout } from './checkout.ts';
import { type Benchmark, type Figure, figure, say } from './figures.ts';
import { npmStart } from './npm-start.ts';
import { canReadMemory, treeMemory } from './process-tree.ts';

const runs = 5;
const memoryRuns = 3;

const ready = /Ready after/;
// The first publication has been run, and its summary printed.
const done = /Ctrl-C stops everything/;

// Reading the memory of twenty processes takes 20 ms: often enough to see an instance's peak, seldom enough to bear.
const sampleMs = 200;

/** `npm start` in a fresh checkout: to ready for the first time and the next, and the memory of the first publication. */
export const benchmark: Benchmark = {
  title: 'npm start: from the command to "Ready", and the memory of all its processes',
  async measure() {
    const project = path.resolve(import.meta.dirname, '..');
    const cold: number[] = [];
    const warm: number[] = [];
    for (let run = 1; run <= runs; run++) {
      const checkout = freshCheckout(project);
      try {
        cold.push(await startOnce(checkout.directory));
        warm.push(await startOnce(checkout.directory));
      } finally {
        checkout.forget();
      }
      say(`  starts: round ${run} of ${runs}`);
    }
    return [
      figure('first start: no template, no database', 's', cold),
      figure('second start', 's', warm),
      ...(canReadMemory ? await firstPublications(project) : []),
    ];
  },
};

async function startOnce(checkout: string): Promise<number> {
  const started = npmStart(checkout, ['--no-run']);
  try {
    return await started.secondsTo(ready);
  } finally {
    await started.interrupt();
  }
}

/** Memory is sampled in starts of its own: the reading takes time from what it reads. */
async function firstPublications(project: string): Promise<Figure[]> {
  const proportional: number[] = [];
  const resident: number[] = [];
  const processes: number[] = [];
  const checkout = freshCheckout(project);
  try {
    for (let run = 1; run <= memoryRuns; run++) {
      rmSync(path.join(checkout.directory, '.local'), { recursive: true, force: true });
      const peak = await peakOfPublication(checkout.directory);
      proportional.push(peak.proportionalBytes / 1024 ** 2);
      resident.push(peak.residentBytes / 1024 ** 2);
      processes.push(peak.processes);
      say(`  memory: round ${run} of ${memoryRuns}`);
    }
  } finally {
    checkout.forget();
  }
  return [
    figure('peak memory during the first publication, shared pages once (PSS)', 'MB', proportional),
    figure('the same, shared pages in each process (RSS)', 'MB', resident),
    figure('processes at most, npm and PostgreSQL included', 'processes', processes),
  ];
}

async function peakOfPublication(checkout: string) {
  const peak = { proportionalBytes: 0, residentBytes: 0, processes: 0 };
  const started = npmStart(checkout);
  let finished = false;
  const end = started.secondsTo(done).finally(() => {
    finished = true;
  });
  try {
    while (!finished) {
      const now = treeMemory(started.pid);
      for (const key of ['proportionalBytes', 'residentBytes', 'processes'] as const) {
        peak[key] = Math.max(peak[key], now[key]);
      }
      await Promise.race([sleep(sampleMs), end]);
    }
    await end;
    return peak;
  } finally {
    await started.interrupt();
  }
}
