import { Duration } from 'aws-cdk-lib';
import {
  Choice,
  Condition,
  DefinitionBody,
  LogLevel,
  QueryLanguage,
  StateMachine,
  StateMachineType,
  Succeed,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { edgeResourceName } from '../../../lambdas/kit/ledger/edge.ts';
import { FailureBook } from '../../constructs/failure-book.ts';
import type { HandlerFunction } from '../../constructs/handler-function.ts';
import { logGroup } from '../../constructs/log-group.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { step } from '../../constructs/step.ts';
import { acknowledge, acknowledgeWildcards } from '../../permissions/acknowledge.ts';
import { watchExecutions } from '../runs/watch-executions.ts';

/** Replays many at a rate: send a portion, wait until the next is due, and again until nothing is left. */
export class ReplayFlow extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, sendPortion: HandlerFunction) {
    super(scope, id);
    const edge = 'platform/replay';
    const send = step(this, 'SendPortion', {
      name: 'Send a portion',
      handler: sendPortion,
      input: { replay_id: '{% $states.context.Execution.Input.replay_id %}' },
    });
    const wait = Wait.jsonata(this, 'Wait', {
      stateName: 'Until the next is due',
      time: WaitTime.timestamp('{% $states.input.next_at %}'),
    });
    const done = Succeed.jsonata(this, 'Done', { stateName: 'Done' });
    send.next(
      Choice.jsonata(this, 'More', { stateName: 'More?' })
        .when(Condition.jsonata("{% $states.input.state = 'more' %}"), wait)
        .otherwise(done),
    );
    wait.next(send);
    this.machine = new StateMachine(this, 'StateMachine', {
      stateMachineName: edgeResourceName({ environment: environmentOf(this).name, edge }),
      stateMachineType: StateMachineType.STANDARD,
      queryLanguage: QueryLanguage.JSONATA,
      comment: 'platform',
      definitionBody: DefinitionBody.fromChainable(send),
      // No replay takes more than four (lambdas/platform/failures/replays/portion.ts): a day for what is away meanwhile.
      timeout: Duration.days(5),
      tracingEnabled: true,
      logs: { destination: logGroup(this, 'Logs'), level: LogLevel.ALL, includeExecutionData: true },
    });
    acknowledge(this.machine, 'Log delivery and X-Ray know no resources.', 'AwsSolutions-IAM5[Resource::*]');
    const versions = [`${sendPortion.function.functionArn}:*`];
    acknowledgeWildcards(this.machine, 'Versions of the function it calls.', versions);
    FailureBook.of(this).machines.push({ edge, machine: this.machine });
    watchExecutions(this, this.machine, {
      name: 'platform-replay-fails',
      impact: 'Failures that somebody asked to be done again in bulk are done in part.',
      severity: 'medium',
    });
  }
}
