/** A shop whose users each like one category, with all numbers known: what the flow of the recommender is tested on. */

export const [tenant, scenario] = ['shop', 'home'];

export const categories = ['茶具', '登山', '摄影'] as const;
export const ofEach = 8;
const itemIds = categories.flatMap((_, category) =>
  Array.from({ length: ofEach }, (_, at) => `item-${category}-${at}`),
);
export const items = itemIds.map((item_id, at) => {
  const category = categories[Math.floor(at / ofEach)] ?? '';
  const metadata = {
    title: `${category}第${at}号`,
    description: `${category}的好东西`,
    category,
    tags: [category],
    author: '青山店',
  };
  return { item_id, metadata };
});

const hourMs = 3_600_000;
// Enough for a dense model: below 200 interactions the most touched items are the model.
export const userCount = 48;
/** Of the category that a user likes; what is left of it is what they may be recommended. */
export const touchedOfEach = 6;
const categoryOf = (user: number) => user % categories.length;
export const touchesOf = (user: number) =>
  Array.from({ length: touchedOfEach }, (_, at) => `item-${categoryOf(user)}-${(at + Math.floor(user / 3)) % ofEach}`);

/** Everybody is shown a category and clicks on most of it; one of three clicks is a purchase. */
export function behaviorOf(user: number): { readonly event_id: string; readonly action_type: string }[] {
  const base = { scenario_id: scenario, user_id: `user-${user}`, context: { device_type: 'mobile' } };
  const begun = Date.now() - 2 * hourMs;
  const shown = Array.from({ length: ofEach }, (_, at) => `item-${categoryOf(user)}-${at}`);
  const clicks = touchesOf(user).map((item_id, at) => ({
    ...base,
    item_id,
    action_type: 'click',
    timestamp: begun + at,
  }));
  const bought = clicks
    .filter((_, at) => at % 3 === 0)
    .map((one) => ({ ...one, action_type: 'purchase', timestamp: begun + 60_000 }));
  const all = [{ ...base, items: shown, action_type: 'impression', timestamp: begun - 1 }, ...clicks, ...bought];
  return all.map((event, at) => ({ ...event, event_id: `${user}-${at}` }));
}

/** What `/recommend` answers. */
export interface Recommended {
  readonly request_id: string;
  readonly items: readonly {
    readonly item_id: string;
    readonly strategy: string;
    readonly slot: number;
    readonly reason: string;
  }[];
  readonly experiment_id?: string;
  readonly experiment_group?: string;
}

/** What `/models` lists. */
export interface Model {
  readonly model_id: string;
  readonly state: string;
  readonly kind: string;
}
