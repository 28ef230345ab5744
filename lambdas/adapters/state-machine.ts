import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { correlationField, correlationId } from '#kit/correlation.ts';
import { NotFoundError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';

export interface StateMachine {
  /**
   * `exists`: an execution of that name is or was there (names are unique for 90 days). The id of the work goes along in
   * the input.
   */
  start(name: string, input: object): Promise<'started' | 'exists'>;
  /** `undefined` when no execution has that name. */
  status(name: string): Promise<'running' | 'succeeded' | 'failed' | undefined>;
  /** An execution that has ended, or was never there, is no error. */
  stop(name: string, error: string): Promise<void>;
}

const client = once(() => new SFNClient({}));

/** The state machine behind an ARN. */
export function stateMachine(arn: string): StateMachine {
  return {
    async start(name, given) {
      // Step Functions answers success to a repeated start of a running execution with equal input: ask first, and
      // leave the race to the name.
      if ((await statusOf(arn, name)) !== undefined) return 'exists';
      try {
        const input = JSON.stringify({ ...given, [correlationField]: correlationId() });
        await client().send(new StartExecutionCommand({ stateMachineArn: arn, name, input }));
        return 'started';
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return 'exists';
        throw error;
      }
    },
    status: (name) => statusOf(arn, name),
    async stop(name, error) {
      if ((await statusOf(arn, name)) !== 'running') return;
      await client().send(new StopExecutionCommand({ executionArn: executionArnOf(arn, name), error }));
    },
  };
}

function executionArnOf(arn: string, name: string): string {
  return `${arn.replace(':stateMachine:', ':execution:')}:${name}`;
}

async function statusOf(arn: string, name: string): ReturnType<StateMachine['status']> {
  const executionArn = executionArnOf(arn, name);
  try {
    const { status } = await client().send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'SUCCEEDED') return 'succeeded';
    return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'running' : 'failed';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

/** What an execution was started with. Step Functions keeps it for 90 days; then {@link NotFoundError}. */
export async function executionInput(executionArn: string): Promise<string> {
  try {
    const { input } = await client().send(new DescribeExecutionCommand({ executionArn }));
    if (input === undefined) throw new NotFoundError(`${executionArn} keeps no input`);
    return input;
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist)
      throw new NotFoundError(`${executionArn} doesn't exist any more, and with it its input`, { cause: error });
    throw error;
  }
}
