import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { Faults } from '../faults.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import { TaskError } from '../state-machines/errors.ts';

/** Does the work of a Task state. */
export type PerformTask = (task: {
  readonly resource: string;
  readonly arguments: unknown;
  readonly stateName: string;
  /** Aborts when the execution is stopped, or the state is late. */
  readonly signal: AbortSignal;
}) => Promise<unknown>;

/** Runs one job of EMR Serverless to its end; the signal cancels it. */
export type RunSparkJob = (argument: unknown, signal: AbortSignal) => Promise<unknown>;

type Integration = (argument: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<unknown>;

const sparkJob = 'arn:aws:states:::emr-serverless:startJobRun.sync';
const resources: readonly string[] = ['arn:aws:states:::lambda:invoke', 'arn:aws:states:::sqs:sendMessage'];

// A function's own ARN, as CDK's LambdaInvoke names it with `payloadResponseOnly`: the answer is the payload alone.
const ownArn = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:/;

/** Whether a Task state may name this resource here; a job only where something plays Spark. */
export function performsTask(resource: string, runsSparkJobs: boolean): boolean {
  return resources.includes(resource) || ownArn.test(resource) || (runsSparkJobs && resource === sparkJob);
}

/** Step Functions' optimised integrations that the template uses. Source: Step Functions Developer Guide, "Integrating services". */
export function taskPerformer(options: {
  readonly functions: FunctionHost;
  readonly sqs: SQSClient;
  readonly faults: Faults;
  readonly runSparkJob?: RunSparkJob | undefined;
}): PerformTask {
  const integrations: Readonly<Record<string, Integration | undefined>> = {
    'arn:aws:states:::lambda:invoke': (argument) => invokeFunction(options.functions, argument),
    'arn:aws:states:::sqs:sendMessage': (argument) => sendMessage(options.sqs, argument),
    [sparkJob]: options.runSparkJob,
  };
  return async ({ resource, arguments: argument, signal }) => {
    const perform = ownArn.test(resource)
      ? () => payloadOf(options.functions, resource, argument)
      : integrations[resource];
    if (!perform) throw new TaskError('States.Runtime', `The resource ${resource} is not known to the local runtime`);
    if (options.faults.duplicates()) await perform(argument as Readonly<Record<string, unknown>>, signal);
    return perform(argument as Readonly<Record<string, unknown>>, signal);
  };
}

type Argument = Readonly<Record<string, unknown>>;

/** Refuses by name what is not done here: dropped silently, it would be done on AWS alone. */
function checkFields(argument: Argument, done: readonly string[], integration: string): void {
  const more = Object.keys(argument).filter((name) => !done.includes(name));
  if (more.length > 0) throw new TaskError('States.Runtime', `${integration} with ${more.join(', ')} is not done here`);
}

const invokeFields = ['FunctionName', 'Payload', 'InvocationType', 'Qualifier'];

async function invokeFunction(functions: FunctionHost, argument: Argument): Promise<unknown> {
  checkFields(argument, invokeFields, 'lambda:invoke');
  const { FunctionName, Payload = {}, InvocationType = 'RequestResponse', Qualifier = '$LATEST' } = argument;
  // Step Functions waits for the answer or, of Event, for nothing: what runs then has no place in the execution here.
  if (InvocationType !== 'RequestResponse')
    throw new TaskError('States.Runtime', `lambda:invoke with InvocationType ${InvocationType} is not done here`);
  const name = `${String(FunctionName)}${Qualifier === '$LATEST' ? '' : `:${Qualifier}`}`;
  return { ExecutedVersion: '$LATEST', Payload: await payloadOf(functions, name, Payload), StatusCode: 200 };
}

/** What a function answers; its error is the task's. */
async function payloadOf(functions: FunctionHost, named: string, payload: unknown): Promise<unknown> {
  const name = named.replace(/:\$LATEST$/, '');
  const model = functions.model(name);
  if (!model) throw new TaskError('Lambda.ResourceNotFoundException', `Function not found: ${name}`);
  const invocation = await functions.invoke(model.arn, payload);
  if (!invocation.ok) throw new TaskError(invocation.error.errorType, JSON.stringify(invocation.error));
  return invocation.payload;
}

const attribute = z.strictObject({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .optional(),
});

/** The API's own fields; a body that is no text is sent as JSON. */
const sentMessage = z.object({
  QueueUrl: z.string(),
  MessageBody: z.json().transform((body) => (typeof body === 'string' ? body : JSON.stringify(body))),
  DelaySeconds: z.number().optional(),
  MessageAttributes: z.record(z.string(), attribute).optional(),
  MessageSystemAttributes: z.strictObject({ AWSTraceHeader: attribute.optional() }).optional(),
  MessageGroupId: z.string().optional(),
  MessageDeduplicationId: z.string().optional(),
});

async function sendMessage(sqs: SQSClient, argument: Argument): Promise<unknown> {
  checkFields(argument, Object.keys(sentMessage.shape), 'sqs:sendMessage');
  const read = sentMessage.safeParse(argument);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new TaskError('States.Runtime', `sqs:sendMessage can't take ${issue?.path.join('.')}: ${issue?.message}`);
  }
  try {
    const { $metadata, ...answer } = await sqs.send(new SendMessageCommand(read.data));
    return answer;
  } catch (error) {
    throw new TaskError('SQS.SdkClientException', String(error));
  }
}
