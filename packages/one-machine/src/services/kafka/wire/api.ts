import type { Of, Type } from './types.ts';

/** One API: its number, the versions this broker speaks, and what goes to and fro. */
export interface Api<Q = unknown, A = unknown> {
  readonly key: number;
  readonly name: string;
  /** First and last. All below the "flexible" ones: clients agree on the highest both sides know. */
  readonly versions: readonly [first: number, last: number];
  readonly request: Type<Q>;
  readonly answer: Type<A>;
}

/** What a client asks for in an API. */
export type RequestOf<T> = T extends { readonly request: infer Q } ? Of<Q> : never;

/** What it is answered. */
export type AnswerOf<T> = T extends { readonly answer: infer A } ? Of<A> : never;
