/** What one action adds to an item's heat; the specification's table. Whatever else people do adds nothing. */
export const hotWeights: Readonly<Record<string, number>> = {
  impression: 0.5,
  view: 1,
  click: 2,
  like: 3,
  favorite: 4,
  comment: 4,
  share: 5,
  purchase: 10,
};

/** Of one day: yesterday's action counts nine tenths of this moment's. */
export const hotDecayPerDay = 0.1;

/** How long an action is looked at. */
export const hotHours = 24;
