import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Faults } from '../faults.ts';
import type { FunctionHost, Invocation } from '../functions/function-host.ts';
import type { FunctionModel } from '../template/model.ts';
import { type EventQueue, openEventQueue, type QueuedEvent } from './event-queue.ts';

/** Invokes functions as Lambda does for events: durable when accepted, then retries, then the on-failure destination. */
export interface AsynchronousInvoker {
  /**
   * Returns when the event is on the disk; `ended` tells how its last attempt went, and rejects when the stack stops
   * before it. Throws for a function that isn't there.
   */
  accept(arn: string, event: unknown): { readonly requestId: string; readonly ended: Promise<Invocation> };
  /** Goes on with the events that an earlier process left: once all that functions call is there. */
  resume(): void;
  /** Starts no further attempt; events that are not done stay for the next start. */
  stop(): void;
}

export interface AsynchronousOptions {
  readonly functions: FunctionHost;
  readonly sqs: SQSClient;
  readonly queueUrlOf: (arn: string) => string | undefined;
  readonly faults: Faults;
  /** Where events are kept until they are done. */
  readonly file: string;
  /** Before the first and second retry; one and two minutes on AWS. */
  readonly retryDelaysMs: readonly number[];
  readonly onLost: (message: string) => void;
}

interface Work extends AsynchronousOptions {
  readonly queue: EventQueue;
  readonly stopping: AbortSignal;
}

// Lambda's default: an event that waited for longer is not tried any more.
const maximumAgeMs = 6 * 60 * 60 * 1000;
// A busy function costs no attempt: Lambda tries again from one second later on, up to five minutes.
const throttled = 'Lambda.TooManyRequestsException';
const firstPauseMs = 1000;
const longestPauseMs = 5 * 60 * 1000;

/** Source: Lambda Developer Guide, "Asynchronous invocation", error handling and destinations. */
export function asynchronousInvoker(options: AsynchronousOptions): AsynchronousInvoker {
  const queue = openEventQueue(options.file);
  const stopping = new AbortController();
  const start = (queued: QueuedEvent) => {
    const ended = workOff({ ...options, queue, stopping: stopping.signal }, queued);
    ended.catch((error) => {
      if (!stopping.signal.aborted) options.onLost(String(error));
    });
    return { requestId: queued.requestId, ended };
  };
  return {
    accept(arn, event) {
      if (!options.functions.model(arn)) throw new Error(`No function of the template has the ARN ${arn}`);
      return start(queue.accept(arn, event));
    },
    resume() {
      for (const queued of queue.left()) start(queued);
    },
    stop() {
      if (stopping.signal.aborted) return;
      stopping.abort(new Error('The stack stops; the event stays in its queue'));
      queue.close();
    },
  };
}

async function workOff(work: Work, queued: QueuedEvent): Promise<Invocation> {
  const { functions, queue, faults } = work;
  const model = functions.model(queued.arn);
  if (!model) {
    queue.done(queued.id);
    throw new Error(`An event waited for ${queued.arn}, which the template no longer has`);
  }
  if (faults.duplicates()) await attempt(work, queued);
  let invocation = await attempt(work, queued);
  let { failures } = queued;
  while (!invocation.ok) {
    failures = queue.failed(queued.id);
    if (failures > model.retries || isTooOld(queued)) break;
    await sleep(work.retryDelaysMs[failures - 1] ?? 0, undefined, { signal: work.stopping });
    invocation = await attempt(work, queued);
  }
  if (!invocation.ok) await tellDestination(work, model, queued, { invocation, failures });
  queue.done(queued.id);
  return invocation;
}

/** One attempt that the function really got, or the last refusal of one that stayed busy for hours. */
async function attempt({ functions, stopping }: Work, queued: QueuedEvent): Promise<Invocation> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const invocation = await functions.invoke(queued.arn, queued.event, queued.requestId);
    // An instance that was ended with the stack has not failed.
    stopping.throwIfAborted();
    if (invocation.ok || invocation.error.errorType !== throttled || isTooOld(queued)) return invocation;
    await sleep(pauseMs, undefined, { signal: stopping });
  }
}

function isTooOld({ acceptedAt }: QueuedEvent): boolean {
  return Date.now() - acceptedAt.getTime() > maximumAgeMs;
}

async function tellDestination(
  work: Work,
  model: FunctionModel,
  queued: QueuedEvent,
  { invocation, failures }: { readonly invocation: Invocation & { readonly ok: false }; readonly failures: number },
): Promise<void> {
  const queueUrl = model.onFailure === undefined ? undefined : work.queueUrlOf(model.onFailure);
  if (queueUrl === undefined) return work.onLost(`${model.handler} failed for good and has no on-failure destination`);
  const record = {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: queued.requestId,
      functionArn: `${model.arn}:$LATEST`,
      condition: isTooOld(queued) ? 'EventAgeExceeded' : 'RetriesExhausted',
      approximateInvokeCount: failures,
    },
    requestPayload: queued.event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: invocation.error,
  };
  await sendUntilTaken(work, new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(record) }));
}

/** The destination may be away for a while: until it has the record, the event is not done. */
async function sendUntilTaken({ sqs, stopping, onLost }: Work, command: SendMessageCommand): Promise<void> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      await sqs.send(command, { abortSignal: stopping });
      return;
    } catch (error) {
      stopping.throwIfAborted();
      onLost(`An on-failure destination does not answer, it is asked again: ${String(error)}`);
      await sleep(pauseMs, undefined, { signal: stopping });
    }
  }
}
