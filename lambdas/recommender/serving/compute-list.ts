import { blend } from '../ranking/blend.ts';
import type { Candidate, RankedItem, Recommended } from '../ranking/candidate.ts';
import { type AskingContext, audiencesOf, type Deed, type Filters, tastesOf } from '../ranking/question.ts';
import { rerank } from '../ranking/rerank.ts';
import type { ScenarioConfig, Strategy } from '../scenarios/scenario.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import type { Recall } from './recall-store.ts';

/** A trained model that is online: what it holds for a user of that history, and which model it is. */
export interface OnlineModel {
  readonly model_id: string;
  score(history: readonly Deed[], k: number): readonly Candidate[];
}

export interface ListPorts {
  readonly recall: Recall;
  /** `undefined` while a scenario has none. */
  readonly model: (key: ScenarioKey) => Promise<OnlineModel | undefined>;
  readonly actionWeights: Readonly<Record<string, number>>;
}

export interface ListQuestion {
  readonly key: ScenarioKey;
  /** Nobody knows who asks: then there is no history either. */
  readonly user: string | undefined;
  readonly count: number;
  readonly filters: Filters;
  readonly context: AskingContext;
  readonly config: ScenarioConfig;
  readonly now: Date;
}

export interface ComputedList {
  readonly items: readonly Recommended[];
  readonly found: ReadonlyMap<string, RankedItem>;
  readonly model_id: string | undefined;
  /** The newest action that it was made of. */
  readonly history_at: Date | undefined;
}

// As many as the other strategies have.
const modelCandidates = 300;

/** Asks every strategy of the scenario, weighs what they found, and ranks it for one user at this moment. */
export async function computeList(question: ListQuestion, ports: ListPorts): Promise<ComputedList> {
  const { key, user, now, count } = question;
  const { recall, actionWeights: weights } = ports;
  const deeds = user === undefined ? [] : await recall.history(key, { user, weights, now });
  const isCold = deeds.length === 0 && question.context.interests.length > 0;
  const config = isCold ? byInterests(question.config) : question.config;
  const asked = { ...question, config };
  const enabled = new Set(config.recall.filter((one) => one.enabled).map(({ strategy }) => strategy));
  const model = enabled.has('model') && deeds.length > 0 ? await ports.model(key) : undefined;
  const recalled = new Map<Strategy, readonly Candidate[]>();
  for (const strategy of enabled) recalled.set(strategy, await ask(strategy, asked, { deeds, model, recall }));
  const ranked = await rank(recalled, asked, recall);
  const isFull = ranked.items.filter(({ reason }) => reason !== 'seen').length >= count;
  const list = isFull ? ranked : await filled(recalled, asked, recall);
  return { ...list, model_id: model?.model_id, history_at: deeds[0]?.at };
}

/** Of whom nothing is known but what they say, that takes the place of what strategies of the history would have said. */
function byInterests(config: ScenarioConfig): ScenarioConfig {
  const ofHistory = new Set<Strategy>(['similarity', 'model']);
  const enabled = config.recall.filter((one) => one.enabled);
  const freed = enabled.reduce((sum, { strategy, weight }) => sum + (ofHistory.has(strategy) ? weight : 0), 0);
  const others = enabled.filter(({ strategy }) => !ofHistory.has(strategy) && strategy !== 'tags');
  const told = enabled.find(({ strategy }) => strategy === 'tags')?.weight ?? 0;
  return { ...config, recall: [...others, { strategy: 'tags', weight: told + freed, enabled: true }] };
}

type Recalling = Map<Strategy, readonly Candidate[]>;

/** Where the strategies have too few, whatever there is: nobody gets an empty list while there are items. */
async function filled(recalled: Recalling, question: ListQuestion, recall: Recall) {
  const { key, user, filters, count } = question;
  const known = recalled.get('new') ?? (await recall.newest(key, filters));
  const names = new Set(known.map(({ item }) => item));
  const more = user === undefined ? [] : await recall.unseen(key, { user, count }, filters);
  // Behind what has been found: it is there to fill, not to win.
  const rest = more.filter(({ item }) => !names.has(item)).map((one) => ({ ...one, score: one.score / (1 + count) }));
  return rank(new Map([...recalled, ['new', [...known, ...rest]]]), question, recall);
}

async function rank(recalled: Recalling, { key, user, filters, config, now, count }: ListQuestion, recall: Recall) {
  const blended = blend(recalled, config.recall);
  const ids = blended.map(({ item }) => item);
  const found = await recall.items(key, ids, filters);
  const seen = user === undefined ? new Set<string>() : await recall.seen(key, user, [...found.keys()]);
  return { items: rerank({ blended, items: found, seen, config, now, count }), found };
}

interface Asked {
  readonly deeds: readonly Deed[];
  readonly model: OnlineModel | undefined;
  readonly recall: Recall;
}

async function ask(
  strategy: Strategy,
  { key, user, filters, context }: ListQuestion,
  { deeds, model, recall }: Asked,
): Promise<readonly Candidate[]> {
  if (strategy === 'similarity') return deeds.length > 0 ? recall.similar(key, deeds) : [];
  if (strategy === 'model') return model?.score(deeds, modelCandidates) ?? [];
  if (strategy === 'hot') return recall.hot(key, audiencesOf(context), filters);
  if (strategy === 'new') return recall.newest(key, filters);
  const profile = user === undefined ? undefined : await recall.profile(key, user);
  const tastes = tastesOf(deeds, profile, context.interests);
  return tastes.tags.size + tastes.categories.size > 0 ? recall.tagged(key, tastes, filters) : [];
}
