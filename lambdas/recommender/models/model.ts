import type { z } from 'zod';

/** One thing that a user did with an item, as training reads it. */
export interface Interaction {
  readonly user: string;
  readonly item: string;
  /** Milliseconds since 1970; without it the interaction says nothing about what was near in time. */
  readonly at?: number | undefined;
}

/** What is known of an item besides who touched it: how an item without behaviour gets neighbours. */
export interface ItemContent {
  readonly item: string;
  readonly category?: string | undefined;
  readonly author?: string | undefined;
  readonly tags: readonly string[];
  /** The year in which it was published. */
  readonly year?: number | undefined;
  /** Title and description. */
  readonly text?: string | undefined;
}

/** An item that a model proposes, with the items of the history that speak for it most. */
export interface Proposal {
  readonly item: string;
  readonly score: number;
  readonly because: readonly string[];
}

/** What a user touched, the oldest first. */
export type History = readonly { readonly item: string; readonly at?: number | undefined }[];

/** A fitted model. It has no clock, no store and no chance in it: the same history gives the same proposals. */
export interface FittedModel {
  readonly kind: ModelKind;
  readonly items: readonly string[];
  /** The best `count` items that the history doesn't hold, the best first; empty where the model knows nothing of it. */
  score(history: History, count: number): readonly Proposal[];
  /** A vector for each item where the model has some, in the order of `items`. */
  readonly factors?: { readonly width: number; readonly values: Float32Array };
  /** The model as it is kept. */
  toBytes(): Uint8Array;
}

/** A way to make models. A new one is a file with such an object, and a line in `index.ts`. */
export interface Trainer<P = unknown> {
  readonly kind: ModelKind;
  readonly parameters: z.ZodType<P>;
  /** What is tried when parameters are chosen, from the defaults on. */
  tune(interactions: readonly Interaction[], items: readonly ItemContent[], chance: Chance): P;
  fit(interactions: readonly Interaction[], items: readonly ItemContent[], parameters: P): FittedModel;
  fromBytes(bytes: Uint8Array): FittedModel;
}

/** Numbers in [0, 1) that a seed decides, so that training can be repeated. */
export type Chance = () => number;

export const modelKinds = ['popular', 'cosine', 'dlae', 'ials'] as const;
export type ModelKind = (typeof modelKinds)[number];
