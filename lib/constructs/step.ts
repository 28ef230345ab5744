import { Duration } from 'aws-cdk-lib';
import {
  type IChainable,
  JitterType,
  type Map as MapState,
  type RetryProps,
  TaskInput,
  type TaskStateBase,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct, IConstruct } from 'constructs';
import { correlationField } from '../../lambdas/kit/correlation.ts';
import type { HandlerFunction } from './handler-function.ts';

export interface StepProps {
  /** A sentence a person reads in the console. */
  readonly name: string;
  readonly handler: HandlerFunction;
  /** JSON with JSONata in its values, or one JSONata expression. */
  readonly input: Readonly<Record<string, unknown>> | `{% ${string} %}`;
  /** Variables set from the answer (`$states.result.Payload`). */
  readonly assign?: Readonly<Record<string, unknown>>;
  /** @default the handler's answer */
  readonly outputs?: `{% ${string} %}`;
  /** Outlasts a database or a bucket that is away for a minute: for a state whose failure ends the run. @default false */
  readonly patient?: boolean;
  /** Waits for a place as long as all that the function has are taken: they are few, and held for minutes. @default false */
  readonly waitsForPlace?: boolean;
}

/** The Lambda service was busy or broken; the function may not have run at all. */
const serviceErrors = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

/** The names of the kit's errors that no further try mends. */
export const permanentErrors = [
  'PermanentError',
  'NotFoundError',
  'ConflictError',
  'BodyTooLargeError',
  'UnauthorizedError',
  'InvalidInputError',
  'FieldMissingError',
  'WrongFieldTypeError',
  'RequestExpiredError',
  'ForbiddenError',
  'ConfigurationError',
  // Faults of the other side.
  'TooLarge',
];

/** The names of the kit's errors that say "try again". */
export const passingErrors = [
  'TransientError',
  'UnavailableError',
  'ThrottledError',
  'TooManyRequestsError',
  'NoRoomError',
  'NoAnswerError',
  // Faults of the other side.
  'Timeout',
  'NoConnection',
  'CutOff',
  'BrokenAnswer',
  'RedirectLoop',
  'ServerError',
  'UnexpectedStatus',
];

/** Names of a workload's own errors: `passing` ones may be gone at another try, `lasting` ones are met again. */
export interface WorkloadFaults {
  readonly passing: readonly string[];
  readonly lasting: readonly string[];
}

/** The faults of every workload of the app, which its steps go by; told before its first step is made. */
export class FaultBook {
  readonly #faults = new Map<string, WorkloadFaults>();
  static readonly #books = new WeakMap<IConstruct, FaultBook>();

  /** The book of the app a construct stands in. */
  static of(scope: IConstruct): FaultBook {
    const book = FaultBook.#books.get(scope.node.root) ?? new FaultBook();
    FaultBook.#books.set(scope.node.root, book);
    return book;
  }

  tell(workload: string, faults: WorkloadFaults): void {
    this.#faults.set(workload, faults);
  }

  /** The errors that a handler may fail with. */
  ofHandler({ handler }: HandlerFunction): WorkloadFaults {
    return this.#faults.get(handler.split('/')[0] ?? '') ?? { passing: [], lasting: [] };
  }
}

/**
 * The cause in words: a function's error arrives as JSON with a stack trace, of which people want the message. By
 * pattern: a cut-off cause is no JSON any more, and `$parse` would fail the catch itself.
 */
export const causeInWords = [
  '($found := $match($states.errorOutput.Cause, /"errorMessage":"((\\x5c.|[^"\\x5c])*)"/);',
  '$exists($found) ? $found[0].groups[0] : $states.errorOutput.Cause)',
].join(' ');

/**
 * As much of it as a state that gathers many may keep: a state's output ends at 256 KiB, and what is beyond ends the
 * execution without a catch. Of 22 counties this is a fourth of it.
 */
export const causeInFewWords = `$substring(${causeInWords}, 0, 1000)`;

// JSONata: the id that the execution was started with, else its name. States fail on a value that isn't there.
const givenId = `$states.context.Execution.Input.${correlationField}`;
const correlation = `($exists(${givenId}) ? ${givenId} : $states.context.Execution.Name)`;

/** JSONata: an object with the id of the work an execution is part of, to merge into what its states hand on. */
export const correlationMember = `{ "${correlationField}": ${correlation} }`;

/** What the handler gets: the state's input, and the id of the work it is part of. */
function payloadOf(input: StepProps['input']): TaskInput {
  if (typeof input !== 'string') return TaskInput.fromObject({ ...input, [correlationField]: `{% ${correlation} %}` });
  const expression = input.slice('{%'.length, -'%}'.length).trim();
  return TaskInput.fromText(`{% $merge([${expression}, ${correlationMember}]) %}`);
}

/** The database is away, or the bucket is. */
const unavailable = 'UnavailableError';

/** One handler as a state: bounded in time, tried again when that can help, its answer the state's output. */
export function step(scope: Construct, id: string, props: StepProps): LambdaInvoke {
  const task = LambdaInvoke.jsonata(scope, id, {
    stateName: props.name,
    lambdaFunction: props.handler.function,
    payload: payloadOf(props.input),
    outputs: props.outputs ?? '{% $states.result.Payload %}',
    ...(props.assign ? { assign: { ...props.assign } } : {}),
    // Beyond the function's own limit, so that its own answer comes first.
    taskTimeout: Timeout.duration(props.handler.timeout.plus(Duration.seconds(10))),
    retryOnServiceExceptions: false,
  });
  const own = FaultBook.of(scope).ofHandler(props.handler);
  for (const retry of retriesOf(props, own)) task.addRetry(retry);
  return task;
}

/** The first that names an error decides about it. */
function* retriesOf(props: StepProps, own: WorkloadFaults): Generator<RetryProps> {
  const jitterStrategy = JitterType.FULL;
  yield { errors: [...permanentErrors, ...own.lasting], maxAttempts: 0 };
  // About every five seconds, for a day.
  if (props.waitsForPlace)
    yield {
      errors: ['Lambda.TooManyRequestsException'],
      interval: Duration.seconds(2),
      maxAttempts: 20_000,
      backoffRate: 2,
      maxDelay: Duration.seconds(8),
      jitterStrategy,
    };
  yield {
    errors: serviceErrors,
    interval: Duration.seconds(2),
    maxAttempts: 6,
    backoffRate: 2,
    jitterStrategy,
  };
  // 3, 6, 12, 24 and 30 s: 75 s in all, which jitter would make any number below.
  if (props.patient)
    yield {
      errors: [unavailable],
      interval: Duration.seconds(3),
      maxAttempts: 5,
      backoffRate: 2,
      maxDelay: Duration.seconds(30),
    };
  // Whatever else: a crash, a site or a queue that answers 503. Every step is safe to run twice.
  yield {
    errors: [...passingErrors, ...own.passing, 'States.TaskFailed'],
    interval: Duration.seconds(3),
    maxAttempts: 3,
    backoffRate: 2,
    jitterStrategy,
  };
}

/** Sends every error that no retry mended to one place, as `{ error, cause }`; `assign` sets what that place relies on. */
export function catchAll(state: TaskStateBase | MapState, handler: IChainable, assign?: Record<string, unknown>): void {
  state.addCatch(handler, {
    errors: ['States.ALL'],
    outputs: { error: '{% $states.errorOutput.Error %}', cause: `{% ${causeInWords} %}` },
    ...(assign ? { assign } : {}),
  });
}
