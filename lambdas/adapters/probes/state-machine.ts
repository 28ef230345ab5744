import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PermanentError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';
import type { Finding } from './finding.ts';

const client = once(() => new SFNClient({}));

/** The state machine behind an ARN takes runs. */
export async function probeStateMachine(arn: string, abortSignal: AbortSignal): Promise<Finding> {
  const command = new DescribeStateMachineCommand({ stateMachineArn: arn });
  const { status, type } = await client().send(command, { abortSignal });
  if (status !== 'ACTIVE') throw new PermanentError(`The state machine is ${status}`);
  return { note: type };
}
