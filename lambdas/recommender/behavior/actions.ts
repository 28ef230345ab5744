/** What a user may do with an item. An action of another name is kept and counted, and used by nothing. */
export const actions = [
  'impression',
  'click',
  'view',
  'play',
  'play_end',
  'read',
  'read_end',
  'learn',
  'complete',
  'like',
  'dislike',
  'favorite',
  'share',
  'comment',
  'follow',
  'add_cart',
  'order',
  'payment',
  'purchase',
  'not_interest',
  'pause',
  'repeat',
  'download',
  'trial',
  'note',
  'ask',
  'review',
  'add_playlist',
] as const;

export type Action = (typeof actions)[number];

/** What an action says of how much an item is liked; actions without a weight say nothing. */
export const actionWeights: Readonly<Partial<Record<Action, number>>> = {
  impression: 0.5,
  view: 1,
  click: 2,
  like: 3,
  favorite: 4,
  comment: 4,
  share: 5,
  purchase: 10,
};

/** Actions by which items are alike. */
export const similarityActions: readonly Action[] = ['click', 'view', 'like', 'favorite', 'share', 'purchase'];

/** Actions that express dislike. */
export const negativeActions: readonly Action[] = ['dislike', 'not_interest'];

/** Whether an action means that the user has seen the item: to have been shown it is not. */
export function isActed(action: string): boolean {
  return action !== 'impression';
}
