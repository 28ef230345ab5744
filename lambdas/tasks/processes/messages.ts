import type { TaskStoppedError } from '#kit/task.ts';
import type { ToldError } from './told-error.ts';

/** What a worker says to the process of a function. JSON goes as text: nothing in it can break the channel. */
export type ToProcess =
  | {
      readonly kind: 'run';
      readonly name: string;
      readonly taskId: string;
      readonly username: string;
      readonly input: string;
      readonly resumeFrom: string | undefined;
    }
  | { readonly kind: 'stop'; readonly reason: TaskStoppedError['reason'] }
  | { readonly kind: 'answer'; readonly ask: number; readonly ok: unknown }
  | { readonly kind: 'answer'; readonly ask: number; readonly error: ToldError };

/** What a function may ask of its worker, with the arguments of each. */
export interface Asks {
  readonly checkpoint: { readonly state: string };
  readonly read: { readonly statement: string; readonly parameters: readonly unknown[] };
  readonly call: { readonly capability: string; readonly input: unknown };
  readonly open: { readonly file: string; readonly from: number };
  /** The next piece of an opened file. */
  readonly pull: { readonly stream: number };
  readonly close: { readonly stream: number };
}

export type Ask = { readonly [K in keyof Asks]: { readonly what: K; readonly given: Asks[K] } }[keyof Asks];

/** What the process of a function says. */
export type FromProcess =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly percent: number; readonly text: string | undefined }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn'; readonly message: string; readonly fields: string }
  | ({ readonly kind: 'ask'; readonly ask: number } & Ask)
  /** `left`: timers or connections are still open; the process is not for another task. */
  | { readonly kind: 'done'; readonly result: Uint8Array; readonly left: boolean }
  /** `fatal`: it was not caught, so the process ends. */
  | { readonly kind: 'failed'; readonly error: ToldError; readonly left: boolean; readonly fatal: boolean };
