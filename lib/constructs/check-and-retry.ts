import {
  type CatchProps,
  Choice,
  Condition,
  type IChainable,
  type INextable,
  type State,
  StateMachineFragment,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

export interface CheckAndRetryProps {
  /** Done again before each check; must be safe to run twice. @default the check alone */
  readonly attempt?: State & INextable;
  /** Done after each attempt, whatever came of it; its own failure must lead to the check. @default nothing */
  readonly afterwards?: State & INextable;
  /** Asks whether it is done, and assigns its answer to `$answer` (`{ state }`, plus what `giveUp` wants to know). */
  readonly check: State & INextable;
  /** The choice on the answer: `Out yet?`. */
  readonly question: string;
  /** The states in `$answer.state` that mean done; `failed` always means that trying again can't help. */
  readonly done: readonly string[];
  /** Where the flow goes on when done. */
  readonly next: IChainable;
  /** The pause between attempts: `Wait an hour`. */
  readonly wait: string;
  /** Said before each pause, so that people see what is waited for; puts out what comes in. */
  readonly note: State & INextable & { addCatch(handler: IChainable, props?: CatchProps): unknown };
  /** JSONata: seconds between attempts. */
  readonly seconds: string;
  /** JSONata: attempts in all. */
  readonly maxAttempts: string;
  /** Tells a person; gets `{ error: null, cause: JSONata of giveUpCause }`. */
  readonly giveUp: IChainable;
  /** JSONata: why it isn't done, in words. */
  readonly giveUpCause: string;
}

/**
 * attempt -> check -> done, or say why, wait and round again, or give up. The number of the attempt stands in `$attempt`, which
 * the flow sets to 1 before it comes here; loops in a row share it, so that a whole run is bounded.
 */
export class CheckAndRetry extends StateMachineFragment {
  readonly startState: State;
  /** Where an error of the check goes on that means "not yet" (it must assign `$answer` too). */
  readonly question: Choice;
  readonly endStates: INextable[] = [];

  constructor(scope: Construct, id: string, props: CheckAndRetryProps) {
    super(scope, id);
    this.startState = props.attempt ?? props.check;
    const wait = Wait.jsonata(this, 'Wait', {
      stateName: props.wait,
      time: WaitTime.seconds(`{% ${props.seconds} %}`),
      assign: { attempt: '{% $attempt + 1 %}' },
    });
    this.question = Choice.jsonata(this, 'Question', { stateName: props.question })
      .when(Condition.jsonata(`{% $answer.state in ${JSON.stringify(props.done)} %}`), props.next)
      .when(Condition.jsonata(`{% $answer.state = 'failed' or $attempt >= ${props.maxAttempts} %}`), props.giveUp, {
        outputs: { error: null, cause: `{% ${props.giveUpCause} %}` },
      })
      .otherwise(props.note);
    // The run waits all the same where its wait can't be noted, with what the check said.
    props.note.addCatch(wait, { errors: ['States.ALL'], outputs: '{% $states.input %}' });
    props.note.next(wait);
    props.attempt?.next(props.afterwards ?? props.check);
    props.afterwards?.next(props.check);
    props.check.next(this.question);
    wait.next(this.startState);
  }
}
