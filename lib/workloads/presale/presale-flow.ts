import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  Choice,
  Condition,
  Fail,
  type IChainable,
  Map as MapState,
  Pass,
  ProvideItems,
  Succeed,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { type LambdaInvoke, SqsSendMessage } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { siteFaults } from '../../../lambdas/presale/contract.ts';
import { CheckAndRetry } from '../../constructs/check-and-retry.ts';
import {
  catchAll,
  causeInFewWords,
  causeInWords,
  correlationMember,
  passingErrors,
  step,
} from '../../constructs/step.ts';
import type { PresaleSteps } from './presale-steps.ts';

export interface PresaleFlowProps {
  readonly steps: PresaleSteps;
  readonly mails: Queue;
  readonly parallelCounties: number;
}

const plan = '{% $plan %}';
const attempt = '{% $attempt %}';
const answer = '{% $states.result.Payload %}';
const retries = { seconds: '$plan.retry_seconds', maxAttempts: '$plan.max_attempts' };

// One mail for an execution, however often its state or the message comes: a receipt remembers it.
const mailId = '{ "id": $states.context.Execution.Name & "-" & $states.context.Execution.StartTime }';

/** The states of one run. Variables: $plan, $attempt, $site (current, replaced), $pending (letters), $reasons (letter to text), $outcomes, $statistics (why they are not refreshed), $answer. */
export class PresaleFlow extends Construct {
  readonly start: IChainable;
  readonly #steps: PresaleSteps;
  readonly #mails: Queue;
  readonly #giveUp: IChainable;

  constructor(scope: Construct, id: string, { steps, mails, parallelCounties }: PresaleFlowProps) {
    super(scope, id);
    this.#steps = steps;
    this.#mails = mails;
    this.#giveUp = this.#tellThatItFailed();
    const load = this.#loadUntilVerified(parallelCounties, this.#report());
    this.start = this.#planThen(this.#askUntilOut(load));
  }

  #planThen(next: IChainable): IChainable {
    const state = step(this, 'PlanRun', {
      name: 'Plan the run',
      handler: this.#steps.planRun,
      patient: true,
      input: '{% $merge([$states.input, { "run_id": $states.context.Execution.Name }]) %}',
      assign: {
        plan: answer,
        attempt: 1,
        pending: '{% $states.result.Payload.counties %}',
        reasons: {},
        statistics: null,
      },
    });
    // Giving up reads these, also when there never was a plan.
    catchAll(state, this.#giveUp, { plan: null, attempt: 1, reasons: {} });
    return state.next(next);
  }

  #askUntilOut(next: IChainable): IChainable {
    const check = step(this, 'CheckPublication', {
      name: 'Is it out?',
      handler: this.#steps.checkPublication,
      input: plan as `{% ${string} %}`,
      assign: { answer, site: "{% $states.result.Payload.state = 'replaced' ? 'replaced' : 'current' %}" },
    });
    const loop = new CheckAndRetry(this, 'AskUntilOut', {
      check,
      question: 'Out yet?',
      // Of a publication that was replaced, the backups can still be loaded.
      done: ['out', 'replaced'],
      next,
      wait: 'Wait an hour',
      note: this.#note('NoteWait', 'Say what it waits for'),
      ...retries,
      giveUp: this.#giveUp,
      giveUpCause: '$answer.reason',
    });
    // A site that doesn't answer is a publication that isn't out yet.
    check.addCatch(loop.question, {
      errors: [...passingErrors, ...siteFaults.passing, 'States.Timeout', 'Sandbox.Timedout', 'Runtime.ExitError'],
      assign: { answer: { state: 'not-yet', reason: `{% ${causeInWords} %}` } },
    });
    catchAll(check, this.#giveUp);
    return loop;
  }

  #loadUntilVerified(parallelCounties: number, next: IChainable): IChainable {
    const counties = MapState.jsonata(this, 'Counties', {
      stateName: 'Each county',
      items: ProvideItems.jsonata('{% $pending %}'),
      itemSelector: { county: '{% $states.context.Map.Item.Value %}' },
      maxConcurrency: parallelCounties,
      assign: { outcomes: '{% $states.result %}' },
    }).itemProcessor(this.#oneCounty());
    catchAll(counties, this.#giveUp);
    const check = this.#checkLoaded();
    return new CheckAndRetry(this, 'LoadUntilVerified', {
      attempt: counties,
      afterwards: this.#refreshThen(check),
      check,
      question: 'All loaded?',
      done: ['complete'],
      next,
      wait: 'Wait an hour for the rest',
      note: this.#note('NoteRest', 'Say what is missing'),
      ...retries,
      giveUp: this.#giveUp,
      giveUpCause: '$answer.reason',
    });
  }

  #checkLoaded(): LambdaInvoke {
    const check = step(this, 'CheckRun', {
      name: 'Is it loaded?',
      handler: this.#steps.checkRun,
      patient: true,
      input: {
        plan,
        outcomes: '{% $outcomes %}',
        attempt,
        statistics: '{% $statistics %}',
        machine: '{% $states.context.StateMachine.Id %}',
      },
      assign: {
        answer,
        pending: '{% $states.result.Payload.pending %}',
        reasons: '{% $states.result.Payload.reasons %}',
      },
    });
    catchAll(check, this.#giveUp);
    return check;
  }

  /** Lists of runs tell what the run waits for; the answer of the check says it in words. */
  #note(id: string, name: string): LambdaInvoke {
    return step(this, id, {
      name,
      handler: this.#steps.noteWait,
      input: {
        workload: 'presale',
        name: '{% $plan.name %}',
        execution: '{% $plan.run_id %}',
        reason: '{% $answer.reason %}',
        seconds: '{% $plan.retry_seconds %}',
      },
      // The pause itself tells what the check said, too.
      outputs: '{% $states.input %}',
    });
  }

  /** Puts what is loaded into the statistics at once, verified or not. A failure undoes no load: the check hears of it. */
  #refreshThen(check: IChainable): LambdaInvoke {
    const refresh = step(this, 'RefreshStatistics', {
      name: 'Refresh the statistics',
      handler: this.#steps.refreshStatistics,
      patient: true,
      input: { plan: { counties: '{% [$outcomes[state in ["loaded", "empty"]].county] %}' } },
      assign: { statistics: null },
    });
    refresh.addCatch(check, { errors: ['States.ALL'], assign: { statistics: `{% ${causeInFewWords} %}` } });
    return refresh;
  }

  /** One county never stops the others: whatever goes wrong becomes its outcome. */
  #oneCounty(): IChainable {
    const failed = Pass.jsonata(this, 'CountyFailed', { stateName: 'This county failed' });
    const load = step(this, 'LoadCounty', {
      name: 'Load',
      handler: this.#steps.loadCounty,
      input: { plan, county: '{% $states.input.county %}', backup: '{% $states.input %}' },
    });
    const fetch = step(this, 'FetchCounty', {
      name: 'Fetch and back up',
      handler: this.#steps.fetchCounty,
      input: { plan, county: '{% $states.input.county %}', site: '{% $site %}' },
    });
    for (const state of [fetch, load]) {
      state.addCatch(failed, {
        errors: ['States.ALL'],
        outputs: {
          county: '{% $states.input.county %}',
          state: 'failed',
          error: '{% $states.errorOutput.Error %}',
          reason: `{% ${causeInFewWords} %}`,
        },
      });
    }
    return fetch.next(
      Choice.jsonata(this, 'BackedUp', { stateName: 'Backed up?' })
        .when(Condition.jsonata("{% $states.input.state = 'backed-up' %}"), load)
        .otherwise(Pass.jsonata(this, 'NothingToLoad', { stateName: 'Nothing to load' })),
    );
  }

  #report(): IChainable {
    const write = step(this, 'WriteReport', {
      name: 'Write the report',
      handler: this.#steps.writeReport,
      patient: true,
      input: { plan, attempt, execution: '{% $states.context.Execution.Id %}' },
    });
    const send = this.#mail('SendReport', 'Send the report');
    for (const state of [write, send]) catchAll(state, this.#giveUp);
    return write.next(send).next(Succeed.jsonata(this, 'Done', { stateName: 'Done' }));
  }

  #tellThatItFailed(): IChainable {
    const giveUp = step(this, 'CloseRun', {
      name: 'Give up',
      handler: this.#steps.closeRun,
      patient: true,
      input: {
        run_id: '{% $states.context.Execution.Name %}',
        plan,
        attempt,
        reasons: '{% $reasons %}',
        error: '{% $states.input.error %}',
        cause: '{% $states.input.cause %}',
      },
      // The end of the execution is what the failure ledger reads.
      assign: { why: '{% $states.input.cause %}' },
    });
    const tell = this.#mail('TellPerson', 'Tell a person');
    const run = '"Presale run " & $states.context.Execution.Name';
    // The database is away, too: a person hears of it all the same.
    giveUp.addCatch(tell, {
      errors: ['States.ALL'],
      outputs: {
        subject: `{% ${run} & " failed and could not be closed" %}`,
        text: `{% "The run ended with: " & $states.input.cause & "\\n\\nClosing it failed with: " & ${causeInWords} %}`,
      },
      assign: { why: '{% $states.input.cause %}' },
    });
    const gaveUp = Fail.jsonata(this, 'GaveUp', {
      stateName: 'Gave up',
      error: 'GaveUp',
      cause: `{% ${run} & " gave up: " & $why %}`,
    });
    giveUp.next(tell).next(gaveUp);
    return this.#refreshBefore(giveUp);
  }

  /** Also of a round that broke off: what it had loaded is in the statistics before a person hears of it. */
  #refreshBefore(giveUp: IChainable): IChainable {
    const refresh = step(this, 'RefreshWhatIsLoaded', {
      name: 'Refresh what is loaded',
      handler: this.#steps.refreshStatistics,
      input: { plan: { counties: [] } },
      outputs: '{% $states.input %}',
    });
    refresh.addCatch(giveUp, { errors: ['States.ALL'], outputs: '{% $states.input %}' });
    return refresh.next(giveUp);
  }

  /** The state's input goes out as one mail. */
  #mail(id: string, stateName: string): SqsSendMessage {
    const send = SqsSendMessage.jsonata(this, id, {
      stateName,
      queue: this.#mails,
      // A member of the body: the attributes of a message are out of this task's reach.
      messageBody: TaskInput.fromText(`{% $string($merge([$states.input, ${correlationMember}, ${mailId}])) %}`),
    });
    // A run must not fail, nor end unheard, because the queue hiccups.
    send.addRetry({ errors: ['States.TaskFailed'], interval: Duration.seconds(2), backoffRate: 2, maxAttempts: 5 });
    return send;
  }
}
