import { Duration } from 'aws-cdk-lib';
import {
  Choice,
  Condition,
  DefinitionBody,
  type IChainable,
  LogLevel,
  Pass,
  QueryLanguage,
  StateMachine,
  StateMachineType,
  Succeed,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type EdgeName, edgeResourceName } from '../../../lambdas/kit/ledger/edge.ts';
import type { capabilities } from '../../../lambdas/tasks/contract.ts';
import { FailureBook } from '../../constructs/failure-book.ts';
import type { HandlerFunction } from '../../constructs/handler-function.ts';
import { logGroup } from '../../constructs/log-group.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { catchAll, causeInWords, step } from '../../constructs/step.ts';
import { acknowledge, acknowledgeWildcards } from '../../permissions/acknowledge.ts';
import { watchExecutions } from '../runs/watch-executions.ts';

/** Steps of other workloads that tasks may ask, by their names in the contract. */
export type Capabilities = { readonly [C in (typeof capabilities)[number]]?: HandlerFunction };

export interface TurnsFlowProps {
  /** @default tasks/turns */
  readonly edge?: EdgeName;
  /** @default tasks-turns-fail */
  readonly alarm?: string;
  /** @default that of any long task */
  readonly impact?: string;
  /** Whether a stopped execution is a failure. @default it is */
  readonly stopped?: 'on-purpose';
  /** What else a task may ask for, by name: the states of it, which lead back to the turn. */
  readonly jobs?: Readonly<Record<string, (turn: IChainable) => IChainable>>;
  readonly runTurn: HandlerFunction;
  readonly capabilities: Capabilities;
  /** A turn that was lost may begin anew after it. */
  readonly leaseSeconds: number;
}

/**
 * A long task: turns of one function, each from the last one's checkpoint, until it has ended. Variables: $given, what a
 * turn gets beside the task's id; $call, the question that this is the answer of.
 */
export class TurnsFlow extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: TurnsFlowProps) {
    super(scope, id);
    const { edge = 'tasks/turns', alarm = 'tasks-turns-fail', stopped } = props;
    this.machine = new StateMachine(this, 'StateMachine', {
      stateMachineName: edgeResourceName({ environment: environmentOf(this).name, edge }),
      stateMachineType: StateMachineType.STANDARD,
      queryLanguage: QueryLanguage.JSONATA,
      comment: 'tasks',
      definitionBody: DefinitionBody.fromChainable(this.#turns(props)),
      // Each task has a limit of its own, which is shorter.
      timeout: Duration.days(30),
      tracingEnabled: true,
      logs: { destination: logGroup(this, 'Logs'), level: LogLevel.ALL, includeExecutionData: true },
    });
    acknowledge(this.machine, 'Log delivery and X-Ray know no resources.', 'AwsSolutions-IAM5[Resource::*]');
    const called = [props.runTurn, ...Object.values(props.capabilities)];
    acknowledgeWildcards(
      this.machine,
      'Versions of the functions it calls.',
      called.map((handler) => `${handler.function.functionArn}:*`),
    );
    FailureBook.of(this).machines.push({ edge, machine: this.machine });
    watchExecutions(this, this.machine, {
      name: alarm,
      impact: props.impact ?? 'A long task stands still; the sweep ends it as failed.',
      severity: 'medium',
      ...(stopped ? { stopped } : {}),
    });
  }

  #turns({ runTurn, capabilities, jobs = {}, leaseSeconds }: TurnsFlowProps): IChainable {
    const turn = step(this, 'RunTurn', {
      name: 'Run a turn',
      handler: runTurn,
      input: '{% $merge([{ "task_id": $states.context.Execution.Input.task_id, "call": $call }, $given]) %}',
      assign: { given: {}, call: '{% $states.result.Payload.call %}' },
      waitsForPlace: true,
    });
    const rest = Wait.jsonata(this, 'Rest', {
      stateName: 'Until the next turn',
      time: WaitTime.seconds('{% $max([1, $states.input.seconds]) %}'),
    });
    const lost = Pass.jsonata(this, 'Lost', {
      stateName: 'The turn was lost',
      outputs: { seconds: leaseSeconds + 1 },
    });
    catchAll(turn, lost);
    lost.next(rest);
    rest.next(turn);
    const next = Choice.jsonata(this, 'Next', { stateName: 'What next?' }).when(
      Condition.jsonata("{% $states.input.state = 'ended' %}"),
      Succeed.jsonata(this, 'Done', { stateName: 'Done' }),
    );
    for (const [name, handler] of Object.entries(capabilities))
      next.when(asksFor(name), this.#ask(name, handler, turn));
    for (const [name, states] of Object.entries(jobs)) next.when(asksFor(name), states(turn));
    const unknown = Pass.jsonata(this, 'NotHere', {
      stateName: 'Nobody to ask',
      assign: { given: { answer: { error: 'This stack has no such step.' } } },
    });
    unknown.next(turn);
    next.when(Condition.jsonata("{% $states.input.state = 'call' %}"), unknown).otherwise(rest);
    turn.next(next);
    return Pass.jsonata(this, 'Begin', { stateName: 'Begin', assign: { given: {}, call: 0 } }).next(turn);
  }

  #ask(name: string, handler: HandlerFunction, turn: IChainable): IChainable {
    const ask = step(this, `Ask-${name.replace('/', '-')}`, {
      name: `Ask ${name}`,
      handler,
      input: '{% $states.input.input %}',
      assign: { given: { answer: { ok: '{% $states.result.Payload %}' } } },
    });
    catchAll(ask, turn, { given: { answer: { error: `{% ${causeInWords} %}` } } });
    return ask.next(turn);
  }
}

function asksFor(name: string): Condition {
  return Condition.jsonata(`{% $states.input.state = 'call' and $states.input.capability = '${name}' %}`);
}
