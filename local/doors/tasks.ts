import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Faults } from '../faults.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import type { RunSparkJob } from '../services/spark-jobs.ts';
import { TaskError } from '../state-machines/errors.ts';

/** Does the work of a Task state. */
export type PerformTask = (task: {
  readonly resource: string;
  readonly arguments: unknown;
  readonly stateName: string;
  /** Aborts when the execution is stopped, or the state is late. */
  readonly signal: AbortSignal;
}) => Promise<unknown>;

type Integration = (argument: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<unknown>;

const resources = [
  'arn:aws:states:::lambda:invoke',
  'arn:aws:states:::sqs:sendMessage',
  'arn:aws:states:::emr-serverless:startJobRun.sync',
] as const;

/** Whether a Task state may name this resource here. */
export function performsTask(resource: string): boolean {
  return (resources as readonly string[]).includes(resource);
}

/** Step Functions' optimised integrations that the template uses. Source: Step Functions Developer Guide, "Integrating services". */
export function taskPerformer(options: {
  readonly functions: FunctionHost;
  readonly sqs: SQSClient;
  readonly faults: Faults;
  readonly runSparkJob: RunSparkJob;
}): PerformTask {
  const integrations: Readonly<Record<(typeof resources)[number], Integration>> = {
    'arn:aws:states:::lambda:invoke': (argument) => invokeFunction(options.functions, argument),
    'arn:aws:states:::sqs:sendMessage': (argument) => sendMessage(options.sqs, argument),
    'arn:aws:states:::emr-serverless:startJobRun.sync': options.runSparkJob,
  };
  return async ({ resource, arguments: argument, signal }) => {
    const perform = (integrations as Readonly<Record<string, Integration>>)[resource];
    if (!perform) throw new TaskError('States.Runtime', `The resource ${resource} is not known to the local runtime`);
    if (options.faults.duplicates()) await perform(argument as Readonly<Record<string, unknown>>, signal);
    return perform(argument as Readonly<Record<string, unknown>>, signal);
  };
}

async function invokeFunction(
  functions: FunctionHost,
  { FunctionName, Payload }: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const model = functions.model(String(FunctionName).replace(/:\$LATEST$/, ''));
  if (!model) throw new TaskError('Lambda.ResourceNotFoundException', `Function not found: ${String(FunctionName)}`);
  const invocation = await functions.invoke(model.arn, Payload);
  if (!invocation.ok) throw new TaskError(invocation.error.errorType, JSON.stringify(invocation.error));
  return { ExecutedVersion: '$LATEST', Payload: invocation.payload, StatusCode: 200 };
}

async function sendMessage(sqs: SQSClient, argument: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { MessageBody } = argument;
  const command = new SendMessageCommand({
    QueueUrl: String(argument.QueueUrl),
    MessageBody: typeof MessageBody === 'string' ? MessageBody : JSON.stringify(MessageBody),
  });
  try {
    const { MessageId, MD5OfMessageBody } = await sqs.send(command);
    return { MessageId, MD5OfMessageBody };
  } catch (error) {
    throw new TaskError('SQS.SdkClientException', String(error));
  }
}
