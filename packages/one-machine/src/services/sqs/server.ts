import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildApp } from 'fauxqs';
import { jsonCodes, requireSignature } from '../../guard/check-signature.ts';
import type { Credentials } from '../../guard/credentials.ts';
import { guardServer } from '../../guard/guard-server.ts';
import { type HeldPort, holdPort } from '../free-port.ts';
import { type Refusals, refusals } from '../refusals.ts';
import { checkRequests, refuseUnknownAttributes } from './check-requests.ts';
import { tellDeadLetterSources } from './dead-letter-sources.ts';
import { openQueues, type Queue, type Stores } from './fauxqs.ts';
import { nameQueryErrors } from './query-errors.ts';
import { dropExpired, hasVisible, prepareQueues, type QueueDescription, type QueueNames } from './queues.ts';
import { type SystemAttributes, systemAttributes } from './system-attributes.ts';

/** Running queues. */
export interface SqsServer extends QueueNames {
  readonly endpoint: string;
  /** Answers 503 for this long. */
  refuse(milliseconds: number): void;
  stop(): Promise<void>;
}

// What changes queues themselves is not among them: the template does.
const served = new Set([
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'DeleteMessage',
  'DeleteMessageBatch',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'ListQueues',
  'ListQueueTags',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
  'SendMessageBatch',
]);

// The account that fauxqs puts into every ARN.
const account = '000000000000';
const retentionCheckMs = 60_000;
// Ten messages are a megabyte together; in JSON a character takes up to six.
const largestRequestBytes = 8 * 1024 * 1024;

type App = ReturnType<typeof buildApp>;

interface SqsOptions {
  readonly directory: string;
  readonly port?: number;
  readonly region: string;
  readonly queues: readonly QueueDescription[];
  /** Whose requests are answered. */
  readonly credentials: readonly Credentials[];
}

/** Serves the SQS protocol; messages are on the disk before they are acknowledged. */
export async function startSqs(options: SqsOptions): Promise<SqsServer> {
  await mkdir(options.directory, { recursive: true });
  // Held while the queues, whose addresses it is part of, are read from the disk.
  const held = await holdPort(options.port);
  try {
    return await startOn(held, options);
  } finally {
    await held.letGo();
  }
}

async function startOn(held: HeldPort, options: SqsOptions): Promise<SqsServer> {
  const { port } = held;
  const endpoint = `http://127.0.0.1:${port}`;
  const names: QueueNames = {
    url: (name) => `${endpoint}/${account}/${name}`,
    arn: (name) => `arn:aws:sqs:${options.region}:${account}:${name}`,
  };
  const open = await openQueues(options.directory);
  const attributes = systemAttributes(open);
  prepareQueues({ ...open, attributes }, options.queues, names);

  const refused = refusals();
  const app = buildApp({ logger: false, defaultRegion: options.region, stores: open.stores });
  guardServer(app.server, { credentialed: true });
  guardDoor(app, refused);
  letInSigned(app, options.credentials);
  refuseUnknownAttributes(app);
  tellDeadLetterSources(app, open.stores.sqsStore);
  checkRequests(app, open.stores.sqsStore, attributes);
  nameQueryErrors(app);
  waitForReceivers(app, open.stores.sqsStore);
  const expiry = expireMessages(open.stores.sqsStore, attributes);
  await held.letGo();
  await app.listen({ port, host: '127.0.0.1' });

  return {
    ...names,
    endpoint,
    refuse: refused.refuse,
    async stop() {
      clearInterval(expiry);
      await app.close();
      open.close();
    },
  };
}

/** Lets only SQS's own operations in; fauxqs would also answer for S3, SNS and STS. */
function guardDoor(app: App, refused: Refusals): void {
  app.addHook('onRequest', async (request, reply) => {
    const operation = /^AmazonSQS\.(\w+)$/.exec(String(request.headers['x-amz-target'] ?? ''))?.[1];
    const refusal = refused.active()
      ? { status: 503, type: 'ServiceUnavailable', message: 'The service is not available for a while.' }
      : !operation || request.method !== 'POST'
        ? { status: 400, type: 'InvalidAction', message: 'Only the JSON protocol of SQS is spoken here.' }
        : !served.has(operation)
          ? { status: 501, type: 'UnsupportedOperation', message: `${operation} is not supported on one machine.` }
          : undefined;
    if (!refusal) return;
    const body = { __type: `com.amazonaws.sqs#${refusal.type}`, message: refusal.message };
    // Fastify ends the request here when a hook has replied.
    return reply.code(refusal.status).header('content-type', 'application/x-amz-json-1.0').send(JSON.stringify(body));
  });
}

function letInSigned(app: App, credentials: readonly Credentials[]): void {
  requireSignature(app, { service: 'sqs', credentials, mostBytes: largestRequestBytes }, (reply, { fault, message }) =>
    reply
      .code(403)
      .header('content-type', 'application/x-amz-json-1.0')
      .send(JSON.stringify({ __type: `com.amazon.coral.service#${jsonCodes[fault]}`, message })),
  );
}

/** Drops what lies in its queue for longer than the queue keeps messages. */
function expireMessages(sqsStore: Stores['sqsStore'], attributes: SystemAttributes): NodeJS.Timeout {
  const drop = () => {
    for (const queue of sqsStore.allQueues()) dropExpired(queue, Date.now());
    attributes.forget();
  };
  return setInterval(drop, retentionCheckMs).unref();
}

/**
 * Does the waiting of a long poll. fauxqs would go on waiting for a receiver that is gone, give it the next message,
 * and so hide that message for its visibility timeout.
 */
function waitForReceivers(app: App, sqsStore: Stores['sqsStore']): void {
  app.addHook('preHandler', async (request, reply) => {
    if (request.headers['x-amz-target'] !== 'AmazonSQS.ReceiveMessage') return;
    const body = request.body as { QueueUrl?: unknown; WaitTimeSeconds?: unknown };
    const queue = typeof body.QueueUrl === 'string' ? sqsStore.getQueue(body.QueueUrl) : undefined;
    const seconds = Number(body.WaitTimeSeconds ?? queue?.attributes.ReceiveMessageWaitTimeSeconds);
    // fauxqs knows what to say to anything else.
    if (!queue || !(seconds >= 0 && seconds <= 20)) return;
    body.WaitTimeSeconds = 0;
    await untilVisible(queue, seconds, () => request.raw.socket.destroyed);
    if (request.raw.socket.destroyed) reply.hijack();
  });
}

async function untilVisible(queue: Queue, seconds: number, isGone: () => boolean): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  // 20 ms is what fauxqs itself takes to see that a message is visible again.
  while (Date.now() < deadline && !isGone() && !hasVisible(queue)) await sleep(20);
}
