import { type Action, actions, actionWeights, isActed, negativeActions } from '../behavior/actions.ts';

// Users who finish an item, or keep it, like it more than those who only begin.
const further: Readonly<Partial<Record<Action, number>>> = {
  play_end: 2,
  read_end: 2,
  learn: 2,
  complete: 3,
  follow: 3,
  add_cart: 4,
  order: 10,
  payment: 10,
  repeat: 3,
  download: 3,
  trial: 3,
  note: 2,
  ask: 2,
  review: 3,
  add_playlist: 4,
  // Whether they came back is not known.
  pause: 0,
};
const disliked = -3;

/** What each action says of a user's taste; what was only shown says nothing, and a no counts against its like. */
export const historyWeights: Readonly<Record<string, number>> = Object.fromEntries(
  actions
    .filter(isActed)
    .map((action) => [
      action,
      negativeActions.includes(action) ? disliked : (further[action] ?? actionWeights[action] ?? 1),
    ]),
);
