import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { FetchedPage, Order, Report } from './messages.ts';

/** What a page may use before it is stopped. */
export interface ReadingLimits {
  /** Of a processor. */
  readonly processorMs: number;
  /** By the clock, for a thread that gets no processor or doesn't say how much it had. */
  readonly clockMs: number;
  /** Of the heap. */
  readonly memoryMb: number;
}

/** A page that was stopped, or that stopped its thread, ends with why. */
export type Reading = (
  page: FetchedPage,
  keptBytes: number,
  hear: (report: Report) => void,
) => Promise<string | undefined>;

/** One thread, which reads one page at a time. */
export interface PageThread {
  /** Resolves to why the thread is gone; `undefined` where it is there for the next page. */
  readonly read: Reading;
}

// Often enough for the limit to be one, seldom enough to cost nothing.
const lookMs = 50;

// A bundle has the thread's file beside it: bin/bundle-assets.ts.
const bundled = new URL('./page-worker.mjs', import.meta.url);

/** Starts a thread. Throws where it doesn't start: that is no page's fault. */
export async function startThread(limits: ReadingLimits): Promise<PageThread> {
  const worker = new Worker(existsSync(bundled) ? bundled : new URL('./page-worker.ts', import.meta.url), {
    // It reads what strangers wrote: neither credentials nor flags of ours are its business.
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
  });
  const { promise: ready, resolve, reject } = Promise.withResolvers<unknown>();
  const ended = (code: number) => reject(new Error(`The thread that reads pages ended with ${code} at its start`));
  worker.once('message', resolve).once('exit', ended);
  // One listener for good: a thread that is being stopped may still fail, and a failure without a listener would end the process.
  worker.on('error', reject);
  await ready;
  worker.off('exit', ended);
  // Nothing may wait for a thread that waits.
  worker.unref();
  return { read: (page, keptBytes, hear) => readOn(worker, { id: 0, page, keptBytes }, { limits, hear }) };
}

interface Listening {
  readonly limits: ReadingLimits;
  readonly hear: (report: Report) => void;
}

function readOn(worker: Worker, order: Order, { limits, hear }: Listening): Promise<string | undefined> {
  return new Promise((resolve) => {
    const watch = watched(worker, limits, (why) => {
      void worker.terminate();
      end(why);
    });
    const end = (why: string | undefined) => {
      watch.stop();
      worker.off('message', told).off('error', failed).off('exit', ended);
      worker.unref();
      resolve(why);
    };
    const told = (report: Report) => {
      hear(report);
      if (report.kind === 'article' || report.kind === 'broken') end(undefined);
    };
    const failed = (error: unknown) => end(error instanceof Error ? error.message : String(error));
    const ended = (code: number) => end(`The thread that reads pages ended with ${code}`);
    worker.on('message', told).on('error', failed).on('exit', ended);
    worker.ref();
    worker.postMessage(order);
  });
}

/** Looks at what the thread has used, and says when it is too much. */
function watched(worker: Worker, { processorMs, clockMs }: ReadingLimits, tooMuch: (why: string) => void) {
  const began = performance.now();
  let before: number | undefined;
  let stopped = false;
  const look = async () => {
    if (performance.now() - began > clockMs) return tooMuch(`Not read after ${clockMs} ms`);
    const { user, system } = await worker.cpuUsage();
    // By now the thread may read another page.
    if (stopped) return;
    const used = (user + system) / 1000;
    before ??= used;
    if (used - before > processorMs) tooMuch(`Not read with ${processorMs} ms of a processor`);
  };
  // A thread that has just ended has no figures; its end is heard elsewhere.
  const lookAgain = () => void look().catch(() => undefined);
  lookAgain();
  const timer = setInterval(lookAgain, lookMs);
  return {
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
