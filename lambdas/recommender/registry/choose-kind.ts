import type { ModelKind } from '../models/model.ts';

export interface DataCounts {
  readonly items: number;
  readonly interactions: number;
}

/** A dense matrix of so many items is 400 MB, and its inverse takes 40 s. */
export const mostDenseItems = 10_000;
// Fewer say more about chance than about taste.
const leastInteractions = 200;

export interface ChosenKind {
  readonly kind: ModelKind;
  readonly because: string;
}

/** Which kind of model suits so much data, and why. */
export function chooseKind({ items, interactions }: DataCounts): ChosenKind {
  if (interactions < leastInteractions) {
    return { kind: 'popular', because: `${interactions} interactions are fewer than ${leastInteractions}` };
  }
  if (items <= mostDenseItems) {
    return { kind: 'dlae', because: `${items} items are within the ${mostDenseItems} of a dense matrix` };
  }
  return { kind: 'ials', because: `${items} items are above the ${mostDenseItems} of a dense matrix` };
}
