import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Faults } from '../faults.ts';
import type { FunctionHost, Invocation } from '../functions/function-host.ts';
import type { FunctionModel } from '../template/model.ts';

/** Invokes a function as Lambda does for events: retries, then the on-failure destination. */
export type InvokeAsynchronously = (arn: string, event: unknown) => Promise<Invocation>;

export interface AsynchronousOptions {
  readonly functions: FunctionHost;
  readonly sqs: SQSClient;
  readonly queueUrlOf: (arn: string) => string | undefined;
  readonly faults: Faults;
  /** Before the first and second retry; one and two minutes on AWS. */
  readonly retryDelaysMs: readonly number[];
  readonly onLost: (message: string) => void;
}

/** Source: Lambda Developer Guide, "Asynchronous invocation", error handling and destinations. */
export function asynchronousInvoker(options: AsynchronousOptions): InvokeAsynchronously {
  return async (arn, event) => {
    const model = options.functions.model(arn);
    if (!model) throw new Error(`No function of the template has the ARN ${arn}`);
    if (options.faults.duplicates()) await options.functions.invoke(arn, event);
    let invocation = await options.functions.invoke(arn, event);
    for (let attempt = 0; !invocation.ok && attempt < model.retries; attempt += 1) {
      await sleep(options.retryDelaysMs[attempt] ?? 0);
      invocation = await options.functions.invoke(arn, event);
    }
    if (!invocation.ok) await tellDestination(options, model, event, invocation);
    return invocation;
  };
}

async function tellDestination(
  options: AsynchronousOptions,
  model: FunctionModel,
  event: unknown,
  invocation: Invocation & { readonly ok: false },
): Promise<void> {
  const queueUrl = model.onFailure === undefined ? undefined : options.queueUrlOf(model.onFailure);
  if (queueUrl === undefined)
    return options.onLost(`${model.handler} failed for good and has no on-failure destination`);
  const record = {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: invocation.requestId,
      functionArn: `${model.arn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: model.retries + 1,
    },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: invocation.error,
  };
  await options.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(record) }));
}
