import { PermanentError } from '#kit/errors.ts';
import { faultsAsText } from '#kit/issues.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { replayAttribute } from '#kit/ledger/message-failure.ts';
import { withReplayOf } from '#kit/stream/rejection.ts';
import { type ReplayMessage, replayMessage } from '../../contract.ts';
import { jsonOf } from '../intake/json.ts';
import type { DeadLetter } from '../intake/told.ts';
import { invocationKey } from '../lineage.ts';
import { boundTo } from './bound.ts';

/** What putting back works with. */
export interface PutBackPorts {
  /** Throws {@link PermanentError} for an input that the door never takes. */
  readonly deliver: (delivery: {
    readonly door: string;
    readonly input: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly name: string;
  }) => Promise<{ readonly requestId?: string | undefined }>;
  readonly bucket: {
    readonly put: (key: string, text: string) => Promise<void>;
    /** `false` when something is there already. */
    readonly putNew: (key: string, text: string) => Promise<boolean>;
    readonly readText: (key: string) => Promise<string>;
  };
  readonly executionInput: (executionArn: string) => Promise<string>;
  readonly tell: (failures: readonly NewFailure[]) => Promise<void>;
}

/**
 * Puts one replay in at its door. Whoever sends a replay may crash and send it again: the first message that comes takes
 * the name, and another one under the same name is dropped. One message that comes twice is delivered once, with two
 * exceptions: the function dies between the delivery and its mark, or SQS hands out the message twice at the same time. A
 * queue, a function or an object gets its input twice then; an execution doesn't, for it is named for the failure.
 */
export async function putBack(record: DeadLetter, ports: PutBackPorts): Promise<'delivered' | 'again' | 'refused'> {
  const read = replayMessage.safeParse(jsonOf(record.body));
  if (!read.success) throw new PermanentError(`The message: ${faultsAsText(read.error.issues)}`);
  const again = record.messageAttributes[replayAttribute]?.stringValue;
  const mark = `platform/replays/${read.data.name}${again === undefined ? '' : `-again-${again}`}`;
  if (!(await ports.bucket.putNew(mark, record.messageId))) {
    const holder = await ports.bucket.readText(mark);
    if (holder !== record.messageId) return 'again';
  }
  try {
    await deliver(read.data, ports);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    await ports.tell([refusal(read.data, record, error)]);
    return 'refused';
  }
  await ports.bucket.put(mark, `${record.messageId} is delivered`);
  return 'delivered';
}

const isFunction = /^arn:aws:lambda:/;

async function deliver(message: ReplayMessage, { deliver: put, bucket, executionInput }: PutBackPorts): Promise<void> {
  const { name, door, attributes, failure_id } = message;
  const kept = await boundInput(message, bucket, executionInput);
  const input = failure_id === undefined || !isFunction.test(door) ? kept : withReplayOf(kept, failure_id);
  const replayOf: Record<string, string> = failure_id === undefined ? {} : { [replayAttribute]: String(failure_id) };
  const { requestId } = await put({ door, name, input, attributes: { ...attributes, ...replayOf } });
  if (requestId !== undefined && failure_id !== undefined)
    await bucket.put(invocationKey(requestId), String(failure_id));
}

/** Held once more against what failed, for an original that lies elsewhere could not be read where the replay was asked for. */
async function boundInput(
  message: ReplayMessage,
  bucket: PutBackPorts['bucket'],
  executionInput: PutBackPorts['executionInput'],
): Promise<string> {
  const given = await inputOf(message, bucket, executionInput);
  if (message.edited === undefined) return given;
  const { source, original } = message.edited;
  const bound = boundTo(source, await inputOf(original, bucket, executionInput), given);
  if ('text' in bound) return bound.text;
  throw new PermanentError(`The edited input, ${bound.field}: ${bound.reason}`);
}

async function inputOf(
  { input, input_key, input_execution }: Pick<ReplayMessage, 'input' | 'input_key' | 'input_execution'>,
  bucket: PutBackPorts['bucket'],
  executionInput: PutBackPorts['executionInput'],
): Promise<string> {
  if (input !== undefined) return input;
  if (input_key !== undefined) return bucket.readText(input_key);
  return executionInput(input_execution ?? '');
}

/** No further try would help: it is in the ledger at once, and names the failure it replays. */
function refusal({ name, door, failure_id }: ReplayMessage, record: DeadLetter, error: PermanentError): NewFailure {
  return {
    naturalKey: `replay:${record.messageId}`,
    workload: 'platform',
    sourceKind: 'queue',
    sourceName: 'replay-failure',
    door: undefined,
    reason: error.name,
    message: `${name} can't be put in at ${door}: ${error.message}`,
    stack: error.stack,
    input: record.body,
    attributes: {},
    occurredAt: new Date(Number(record.attributes.SentTimestamp)),
    attempts: Number(record.attributes.ApproximateReceiveCount),
    replayOf: failure_id,
  };
}
