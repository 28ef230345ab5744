import type { IncomingHttpHeaders } from 'node:http';
import type { buildApp } from 'fauxqs';
import * as z from 'zod';
import { unknownAttribute } from './attribute-names.ts';
import type { Stores } from './fauxqs.ts';
import { handleRefusal, messageShape, type Refusal, refusalOf, type SentMessage } from './message-rules.ts';
import type { SystemAttributes } from './system-attributes.ts';

type App = ReturnType<typeof buildApp>;

interface FailedEntry {
  readonly Id: string;
  readonly SenderFault: true;
  readonly Code: string;
  readonly Message: string;
}

const requestShape = z.object({ QueueUrl: z.string().optional() });
const entryShape = z.object({ Id: z.string() });
const batchOf = <Entry extends z.ZodType>(entry: Entry) => requestShape.extend({ Entries: z.array(entry).optional() });
const handleShape = z.object({ ReceiptHandle: z.unknown() });
const shapes = {
  SendMessage: requestShape.extend(messageShape.shape),
  SendMessageBatch: batchOf(entryShape.extend(messageShape.shape)),
  DeleteMessage: requestShape.extend(handleShape.shape),
  DeleteMessageBatch: batchOf(entryShape.extend(handleShape.shape)),
  ChangeMessageVisibility: requestShape.extend(handleShape.shape),
};
type Checked = keyof typeof shapes;

/** Refuses what SQS refuses and fauxqs takes, and keeps what SQS itself says of messages. */
export function checkRequests(app: App, sqsStore: Stores['sqsStore'], attributes: SystemAttributes): void {
  // Entries of a batch that fauxqs is not shown.
  const kept = new WeakMap<object, readonly FailedEntry[]>();

  app.addHook('preHandler', async (request, reply) => {
    const operation = operationOf(request.headers);
    if (!isChecked(operation)) return;
    const read = shapes[operation].safeParse(request.body);
    const queue = read.success && read.data.QueueUrl ? sqsStore.getQueue(read.data.QueueUrl) : undefined;
    if (read.success && queue === undefined) return;
    const rules = { fifo: queue?.isFifo() ?? false };
    const single = read.success ? singleRefusal(operation, read.data, rules) : unreadable(read.error);
    if (single) return refuse(reply, single);
    const body = request.body as { Entries?: { Id: string }[] };
    if (!body.Entries) return;
    const failed = body.Entries.flatMap((entry) => failedEntry(operation, entry, rules));
    if (failed.length === 0) return;
    const ids = new Set(failed.map(({ Id }) => Id));
    body.Entries = body.Entries.filter(({ Id }) => !ids.has(Id));
    kept.set(request, failed);
    if (body.Entries.length === 0)
      return reply.header('content-type', contentType).send(JSON.stringify({ Successful: [], Failed: failed }));
  });

  app.addHook('preSerialization', async (request, reply, payload) => {
    if (reply.statusCode >= 400 || typeof payload !== 'object' || payload === null) return payload;
    const operation = operationOf(request.headers);
    const [answer, body] = [payload as Answer, request.body as Asked];
    if (operation === 'SendMessage') keepAttributes(attributes, answer.MessageId, body);
    for (const { Id, MessageId } of operation === 'SendMessageBatch' ? (answer.Successful ?? []) : [])
      keepAttributes(
        attributes,
        MessageId,
        body.Entries?.find((entry) => entry.Id === Id),
      );
    if (operation === 'ReceiveMessage') for (const message of answer.Messages ?? []) tell(message, body, attributes);
    const failed = kept.get(request);
    return failed ? { ...answer, Failed: [...(answer.Failed ?? []), ...failed] } : payload;
  });
}

/** Refuses to tell attributes that there are none of. */
export function refuseUnknownAttributes(app: App): void {
  app.addHook('preHandler', async (request, reply) => {
    const unknown = unknownAttribute(operationOf(request.headers), request.body);
    if (unknown) return refuse(reply, unknown);
  });
}

const contentType = 'application/x-amz-json-1.0';

interface Asked extends SentMessage {
  readonly Entries?: readonly (SentMessage & { Id: string })[];
  readonly AttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
}

interface Received {
  readonly MessageId: string;
  Attributes?: Record<string, string>;
}

interface Answer {
  readonly MessageId?: string;
  readonly Successful?: readonly { Id: string; MessageId?: string }[];
  readonly Failed?: readonly object[];
  readonly Messages?: readonly Received[];
}

function operationOf(headers: IncomingHttpHeaders): string {
  return String(headers['x-amz-target'] ?? '').replace('AmazonSQS.', '');
}

function isChecked(operation: string): operation is Checked {
  return Object.hasOwn(shapes, operation);
}

function unreadable({ issues: [issue] }: z.ZodError): Refusal {
  return { code: 'SerializationException', message: `${issue?.path.join('.') || 'The request'}: ${issue?.message}` };
}

function singleRefusal(operation: Checked, body: object, rules: { fifo: boolean }): Refusal | undefined {
  if (operation === 'SendMessage') return refusalOf(body as SentMessage, rules);
  return operation.endsWith('Batch') ? undefined : handleRefusal((body as { ReceiptHandle?: unknown }).ReceiptHandle);
}

function failedEntry(operation: Checked, entry: { Id: string }, rules: { fifo: boolean }): FailedEntry[] {
  const refusal =
    operation === 'SendMessageBatch'
      ? refusalOf(entry as SentMessage, rules)
      : handleRefusal((entry as { ReceiptHandle?: unknown }).ReceiptHandle);
  return refusal ? [{ Id: entry.Id, SenderFault: true, Code: refusal.code, Message: refusal.message }] : [];
}

function refuse(reply: Parameters<Parameters<App['route']>[0]['handler']>[1], { code, message }: Refusal) {
  return reply
    .code(400)
    .headers({ 'content-type': contentType, 'x-amzn-query-error': `${code};Sender` })
    .send(JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }));
}

/** A group makes a standard queue fair; fauxqs keeps it for FIFO queues alone. */
function keepAttributes(
  attributes: SystemAttributes,
  messageId: string | undefined,
  sent: SentMessage | undefined,
): void {
  const trace = sent?.MessageSystemAttributes?.AWSTraceHeader?.StringValue;
  if (messageId === undefined) return;
  attributes.add(messageId, {
    ...(trace === undefined ? {} : { AWSTraceHeader: trace }),
    ...(sent?.MessageGroupId == null ? {} : { MessageGroupId: sent.MessageGroupId }),
  });
}

function tell(message: Received, asked: Asked, attributes: SystemAttributes): void {
  const names = new Set([...(asked.AttributeNames ?? []), ...(asked.MessageSystemAttributeNames ?? [])]);
  const wanted = Object.entries(attributes.of(message.MessageId)).filter(
    ([name]) => names.has('All') || names.has(name),
  );
  if (wanted.length > 0) message.Attributes = { ...Object.fromEntries(wanted), ...message.Attributes };
}
