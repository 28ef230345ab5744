import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { edgeResourceName } from '../../lambdas/kit/ledger/edge.ts';
import { FailureBook } from '../constructs/failure-book.ts';
import type { HandlerFunction } from '../constructs/handler-function.ts';
import { environmentOf } from '../constructs/millrace-stack.ts';
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
  const runs = executionsOf(machine);
  handler.allow(actions, [runs]);
  acknowledgeWildcards(handler, 'Runs are named by their work; the grant is for those of this one machine.', [runs]);
}

/**
 * Every execution of a machine. By its name, which says its edge, and not by its ARN: another stack's ARN is known only in the
 * account, and CloudFormation would have to take it apart there.
 */
export function executionsOf(machine: StateMachine): string {
  const edge = FailureBook.of(machine).machines.find((watched) => watched.machine === machine)?.edge;
  if (!edge) throw new Error(`${machine.node.path} is in no failure book: its name is not known`);
  const name = edgeResourceName({ environment: environmentOf(machine).name, edge });
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${name}:*`,
    arnFormat,
  });
}
