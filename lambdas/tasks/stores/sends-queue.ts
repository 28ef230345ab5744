import { objectStore } from '#adapters/object-store.ts';
import { queue } from '#adapters/queue.ts';
import { wakeOnce } from '#adapters/queues/wake-once.ts';
import { type ComposedCallback, callbacksPrefix } from '../contract.ts';
import { functions } from '../functions/index.ts';
import { resultOf } from '../steps/result-of.ts';
import type { AfterEnd, TaskOutcome } from '../task.ts';
import { laneOf } from '../worker/lanes.ts';
import type { TaskSends } from '../worker/ports.ts';

/** Variables of everything that sends tasks on. */
export interface SendSettings {
  /** Where callbacks lie until they are sent. */
  readonly RAW_BUCKET: string;
  readonly TASKS_QUEUE_URL: string;
  readonly LONG_TASKS_QUEUE_URL: string;
  readonly STARTS_QUEUE_URL: string;
  readonly CALLBACKS_QUEUE_URL: string;
  readonly SWEEPS_QUEUE_URL: string;
}

export interface CallbackPorts {
  readonly outcome: (id: string) => Promise<TaskOutcome | undefined>;
  readonly heard: (ids: readonly string[]) => Promise<void>;
  readonly link: (key: string, seconds: number) => Promise<string>;
}

/** The queues where tasks, callbacks and wakes of the sweep go. */
export function taskSends(settings: SendSettings, callbackPorts: CallbackPorts): TaskSends {
  return {
    async task({ id, host, name }, delaySeconds = 0) {
      if (host === 'worker') await queue(workerQueue(name, settings), { delaySeconds })({ task_id: id });
      else await queue(settings.STARTS_QUEUE_URL, { delaySeconds })({ task_id: id, host });
    },
    stop: ({ id }) => queue(settings.STARTS_QUEUE_URL)({ task_id: id, host: 'spark', stop: true }),
    callbacks: callbackSender(settings, callbackPorts),
    sweep: sweepWaker(settings.SWEEPS_QUEUE_URL),
  };
}

function workerQueue(name: string, settings: SendSettings): string {
  return laneOf(functions.get(name)) === 'long' ? settings.LONG_TASKS_QUEUE_URL : settings.TASKS_QUEUE_URL;
}

// The queue delays by 30 s. A sweep that finds nothing open ends them, so it must come well after the last call that its
// message stands for: the row of that one may be written a moment later.
const sweepSlotMs = 20_000;

function sweepWaker(queueUrl: string): () => Promise<void> {
  const wake = wakeOnce(queueUrl, { slotMs: sweepSlotMs, message: () => ({}) });
  return () => wake(['sweep']);
}

// Longer than a callback is retried.
const linkSeconds = 24 * 3600;

/** What is to be sent is written down first; the message only names the task. */
function callbackSender({ CALLBACKS_QUEUE_URL: queueUrl, RAW_BUCKET: bucket }: SendSettings, ports: CallbackPorts) {
  const send = queue(queueUrl);
  const { put } = objectStore(bucket);
  return async (ended: readonly AfterEnd[]) => {
    for (const { id, callbackUrl } of ended) {
      if (callbackUrl === null) continue;
      const outcome = await ports.outcome(id);
      // Forgotten in between: there is nothing to tell any more.
      if (!outcome) continue;
      const body = JSON.stringify(await resultOf(outcome, (key) => ports.link(key, linkSeconds)));
      const composed: ComposedCallback = { url: callbackUrl, body };
      await put(`${callbacksPrefix}/${id}.json`, JSON.stringify(composed), { contentType: 'application/json' });
      await send({ task_id: id });
    }
    await ports.heard(ended.map(({ id }) => id));
  };
}
