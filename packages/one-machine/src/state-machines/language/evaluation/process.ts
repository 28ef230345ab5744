/** The process that evaluates: one template at a time, until it takes more than it may or its parent is gone. */

import { Worker } from 'node:worker_threads';
import { fileBeside } from '../../../file-beside.ts';
import { EvaluationFailure } from '../../errors.ts';
import { evaluateTemplate } from './evaluate-template.ts';
import type { Evaluated, Evaluation } from './evaluator.ts';

const [, , processorSeconds] = process.argv;
/** When the processor time of this process may end an evaluation, in milliseconds; 0 between two. */
const limit = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
new Worker(fileBeside(import.meta.url, 'watchdog'), { workerData: limit }).unref();

// Ctrl-C in a terminal reaches every process; the parent decides what that means for what is in hand.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());

process.on('message', async (evaluation: Evaluation) => {
  Atomics.store(limit, 0, spentMs() + Number(processorSeconds) * 1000);
  const result = await evaluateTemplate(evaluation).then(
    (value): Evaluated => ({ value }),
    (error: unknown): Evaluated =>
      error instanceof EvaluationFailure
        ? { failure: error.message, location: error.location }
        : { failure: String(error), location: evaluation.field },
  );
  // Only when nothing of it goes on: one of several expressions may have failed while another never ends.
  setImmediate(() => {
    Atomics.store(limit, 0, 0);
    process.send?.(result);
  });
});

function spentMs(): number {
  const { user, system } = process.cpuUsage();
  return Math.ceil((user + system) / 1000);
}
