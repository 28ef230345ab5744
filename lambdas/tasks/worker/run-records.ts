import { PermanentError } from '#kit/errors.ts';
import { faultsAsText } from '#kit/issues.ts';
import { replayAttribute } from '#kit/ledger/message-failure.ts';
import { taskMessage } from '../contract.ts';
import type { WorkerPorts } from './ports.ts';
import { reopen } from './reopen.ts';
import { giveUp, runBatch } from './run-batch.ts';

/** What is read of a message of SQS. */
interface TaskRecord {
  readonly body: string;
  readonly messageAttributes: Readonly<Record<string, { readonly stringValue?: string | undefined }>>;
}

/** The messages of one batch: those that can be read are done together, each of the others is told apart. */
export async function runRecords(
  records: readonly TaskRecord[],
  ports: WorkerPorts,
): Promise<readonly PromiseSettledResult<unknown>[]> {
  const read = await Promise.allSettled(records.map(async (record) => taskOf(record, ports)));
  const ids = read.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []));
  const [whole] = await Promise.allSettled([runBatch([...new Set(ids)], ports)]);
  return read.map((one) => (one.status === 'rejected' ? one : whole));
}

/** The task that a message is about; a replay's is one of its own. `undefined`: another queue's. */
async function taskOf({ body, messageAttributes }: TaskRecord, ports: WorkerPorts): Promise<string | undefined> {
  const { task_id, input, lost, stopped, delivery } = messageOf(body);
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
  if (again.runs_on === 'worker') return again.task_id;
  await ports.sends.task({ id: again.task_id, host: again.runs_on });
  return undefined;
}

function messageOf(body: string) {
  const parsed = taskMessage.safeParse(jsonOf(body));
  if (!parsed.success) throw new PermanentError(`The message: ${faultsAsText(parsed.error.issues)}`);
  return parsed.data;
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new PermanentError('The message is not JSON', { cause });
  }
}
