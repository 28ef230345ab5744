import type { Objective, ScenarioConfig } from '../scenarios/scenario.ts';
import type { Blended } from './blend.ts';
import type { RankedItem, Recommended } from './candidate.ts';

export interface RerankInput {
  readonly blended: readonly Blended[];
  /** Those that may be shown; what isn't here is left out. */
  readonly items: ReadonlyMap<string, RankedItem>;
  /** What the user has acted on. */
  readonly seen: ReadonlySet<string>;
  readonly config: ScenarioConfig;
  readonly now: Date;
  readonly count: number;
}

const dayMs = 24 * 60 * 60 * 1000;
/** How much of its score an item may gain by what the scenario is ranked for. */
const objectiveWeight = 0.25;

/**
 * The list that is shown: scores by the scenario's objective and by age, then one by one, so that no category fills a
 * window. What was seen comes last, and only where nothing else is left.
 */
export function rerank(input: RerankInput): Recommended[] {
  const scored = input.blended
    .flatMap((one) => {
      const item = input.items.get(one.item);
      return item ? [scoredItem(one, item, input)] : [];
    })
    // Of equals the one of the lesser id, so that the same question has the same answer.
    .sort((one, other) => other.score - one.score || (one.item.item_id < other.item.item_id ? -1 : 1));
  const { seen: rule } = input.config.rerank;
  const isSeen = ({ item }: Scored) => rule !== 'again' && input.seen.has(item.item_id);
  const shown = diversified(
    scored.filter((one) => !isSeen(one)),
    input,
  );
  if (rule === 'last' && shown.length < input.count) {
    const again = scored.filter(isSeen).map((one) => ({ ...one, rules: [...one.rules, 'seen'] }));
    shown.push(...again.slice(0, input.count - shown.length));
  }
  return shown.map(recommended);
}

interface Scored {
  readonly item: RankedItem;
  readonly score: number;
  readonly blended: Blended;
  readonly rules: readonly string[];
}

function scoredItem(blended: Blended, item: RankedItem, { config, now }: RerankInput): Scored {
  const { freshness_weight: weight, freshness_half_life_days: halfLife } = config.rerank;
  const fresh = freshness(item.publish_time, now, halfLife);
  const quality = qualityOf(item, config.rank.objective);
  const score = blended.score * (1 - weight + weight * fresh) * (1 + objectiveWeight * quality);
  const rules = [
    `freshness ${fresh.toFixed(2)}`,
    ...(quality > 0 ? [`${config.rank.objective} ${quality.toFixed(2)}`] : []),
  ];
  return { item, score, blended, rules };
}

/** Between 1 (now) and 0; half of it is gone after the half-life. What has no date is as old as can be. */
export function freshness(publishTime: Date | null, now: Date, halfLifeDays: number): number {
  if (!publishTime) return 0;
  const days = Math.max(0, now.getTime() - publishTime.getTime()) / dayMs;
  return 0.5 ** (days / halfLifeDays);
}

/** Between 0 and 1: how good an item is by what is known of it, for those objectives that items tell something of. */
function qualityOf({ view_count, like_count, completion_rate }: RankedItem, objective: Objective): number {
  if (objective === 'completion') return clamp(completion_rate ?? 0);
  if (objective === 'engagement') return view_count ? clamp((like_count ?? 0) / view_count) : 0;
  return 0;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/**
 * Takes the best that keeps its category rare enough in the window before it; where none does, the best. Looks at the
 * first of each category alone, so that long lists cost no more than their categories.
 */
function diversified(scored: readonly Scored[], { config, count }: RerankInput): Scored[] {
  const { diversity_window: window, most_of_a_category: most } = config.rerank;
  const queues = new Map<string | null, Scored[]>();
  for (const one of scored) {
    const queue = queues.get(one.item.category) ?? [];
    queue.push(one);
    queues.set(one.item.category, queue);
  }
  const heads = new Map([...queues.keys()].map((category) => [category, 0]));
  const chosen: Scored[] = [];
  const best = (allowed: (category: string | null) => boolean) => {
    let found: Scored | undefined;
    for (const [category, queue] of queues) {
      const head = queue[heads.get(category) ?? 0];
      if (head && allowed(category) && (!found || isBefore(head, found))) found = head;
    }
    return found;
  };
  while (chosen.length < Math.min(count, scored.length)) {
    const before = window > 1 ? chosen.slice(-(window - 1)) : [];
    // What has no category is like nothing else.
    const isRare = (category: string | null) =>
      category === null || before.filter(({ item }) => item.category === category).length < most;
    const first = best(() => true);
    const next = best(isRare) ?? first;
    if (!next || !first) break;
    heads.set(next.item.category, (heads.get(next.item.category) ?? 0) + 1);
    chosen.push(next === first ? next : { ...next, rules: [...next.rules, `diversity before ${first.item.item_id}`] });
  }
  return chosen;
}

function isBefore(one: Scored, other: Scored): boolean {
  return one.score === other.score ? one.item.item_id < other.item.item_id : one.score > other.score;
}

function recommended({ item, score, blended: { contributions }, rules }: Scored): Recommended {
  const [first] = contributions;
  if (!first) throw new Error('Nothing is recommended that no strategy found');
  const reason = rules.includes('seen') ? 'seen' : first.reason;
  return { item_id: item.item_id, score, strategy: first.strategy, reason, contributions, rules };
}
