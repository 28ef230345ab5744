import { createHash } from 'node:crypto';
import type { Cut } from '../models/cuts.ts';
import type { Interaction } from '../models/model.ts';

// One pair of ten.
const heldOutOf256 = 26;

/**
 * Parts interactions by a hash of user and item. A pair that is held out is so for ever: no model, whenever it was trained,
 * has learnt from it, so that old and new ones are measured fairly on the same slice.
 */
export function slice(interactions: readonly Interaction[]): Cut {
  const learnt: Interaction[] = [];
  const heldOut: Interaction[] = [];
  for (const one of interactions) (isHeldOut(one) ? heldOut : learnt).push(one);
  return { learnt, heldOut };
}

function isHeldOut({ user, item }: Interaction): boolean {
  const [first = 0] = createHash('sha256')
    .update(JSON.stringify([user, item]))
    .digest();
  return first < heldOutOf256;
}
