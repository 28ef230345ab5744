import { replayAttribute } from '#kit/ledger/message-failure.ts';
import { readJsonAs } from '#kit/text/json.ts';
import { taskMessage } from '../contract.ts';
import { laneOf } from './lanes.ts';
import type { WorkerPorts } from './ports.ts';
import { reopen } from './reopen.ts';
import { giveUp, runBatch, type Shift } from './run-batch.ts';

/** What is read of a message of SQS. */
interface TaskRecord {
  readonly body: string;
  readonly messageAttributes: Readonly<Record<string, { readonly stringValue?: string | undefined }>>;
}

/** The messages of one batch: those that can be read are done together, each of the others is told apart. */
export async function runRecords(
  records: readonly TaskRecord[],
  ports: WorkerPorts & { readonly shift: Shift },
): Promise<readonly PromiseSettledResult<unknown>[]> {
  const read = await Promise.allSettled(records.map(async (record) => taskOf(record, ports)));
  const ids = read.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []));
  const [whole] = await Promise.allSettled([runBatch([...new Set(ids)], ports, ports.shift)]);
  return read.map((one) => (one.status === 'rejected' ? one : whole));
}

/** The task that a message is about; a replay's is one of its own. `undefined`: another queue's. */
async function taskOf({ body, messageAttributes }: TaskRecord, ports: WorkerPorts): Promise<string | undefined> {
  const { task_id, input, lost, stopped, delivery } = readJsonAs(taskMessage, body, 'The message');
  if (delivery !== undefined) {
    await ports.noteDelivery(task_id, delivery);
    return undefined;
  }
  if (lost !== undefined) {
    await giveUp(task_id, { lost, stopped }, ports);
    return undefined;
  }
  const failureId = Number(messageAttributes[replayAttribute]?.stringValue);
  if (!Number.isSafeInteger(failureId) || failureId <= 0) return task_id;
  const again = await reopen({ taskId: task_id, input, failureId }, ports);
  const { task_id: id, name, runs_on: host } = again;
  // The door of replays is the short ones' queue.
  if (host === 'worker' && laneOf(ports.functions.get(name)) === 'short') return id;
  await ports.sends.task({ id, name, host });
  return undefined;
}
