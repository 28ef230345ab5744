/**
 * What the runtime and a function instance say to each other over the process's channel. Events and answers are JSON, as
 * they are for Lambda; as text they are written and read once, where the channel's own JSON would do it over again.
 */
export type ToInstance = {
  readonly kind: 'invoke';
  readonly requestId: string;
  /** As JSON; `undefined` for none. */
  readonly event: string | undefined;
  /** Epoch milliseconds at which the function times out. */
  readonly deadline: number;
  readonly functionArn: string;
};

export type FromInstance =
  | { readonly kind: 'ready' }
  | { readonly kind: 'broken'; readonly error: FunctionFailure }
  | { readonly kind: 'result'; readonly requestId: string; readonly payload: string; readonly memoryBytes: number }
  | {
      readonly kind: 'failure';
      readonly requestId: string;
      readonly error: FunctionFailure;
      readonly memoryBytes: number;
    };

/** A failed invocation as Lambda reports it. */
export interface FunctionFailure {
  /** The error's class (`TransientError`) or Lambda's own (`Sandbox.Timedout`, `Runtime.ExitError`, `Runtime.OutOfMemory`). */
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}
