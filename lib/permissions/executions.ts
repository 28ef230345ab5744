import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { HandlerFunction } from '../constructs/handler-function.ts';
import { acknowledgeWildcards } from './acknowledge.ts';

/** Lets a function start executions and ask how one of them goes. */
export function allowRuns(handler: HandlerFunction, machine: StateMachine): void {
  handler.allow(['states:StartExecution'], [machine.stateMachineArn]);
  allowOnRuns(handler, machine, 'states:DescribeExecution');
}

/** Lets a function read what executions did. */
export function allowTelling(handler: HandlerFunction, machine: StateMachine): void {
  const actions = ['DescribeExecution', 'DescribeStateMachineForExecution', 'GetExecutionHistory'];
  allowOnRuns(handler, machine, ...actions.map((action) => `states:${action}`));
}

/** Lets a function stop an execution. */
export function allowStops(handler: HandlerFunction, machine: StateMachine): void {
  allowOnRuns(handler, machine, 'states:StopExecution');
}

function allowOnRuns(handler: HandlerFunction, machine: StateMachine, ...actions: readonly string[]): void {
  const stack = Stack.of(handler);
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  const { resourceName: name } = stack.splitArn(machine.stateMachineArn, arnFormat);
  const runs = stack.formatArn({ service: 'states', resource: 'execution', resourceName: `${name}:*`, arnFormat });
  handler.allow(actions, [runs]);
  acknowledgeWildcards(handler, 'Runs are named by their work; the grant is for those of this one machine.', [runs]);
}
