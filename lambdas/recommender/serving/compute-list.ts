import { blend } from '../ranking/blend.ts';
import type { Candidate, Recommended } from '../ranking/candidate.ts';
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
  /** `undefined` for an unknown user, who has no history either. */
  readonly user: string | undefined;
  readonly count: number;
  readonly filters: Filters;
  readonly context: AskingContext;
  readonly config: ScenarioConfig;
  readonly now: Date;
}

export interface ComputedList {
  readonly items: readonly Recommended[];
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
  for (const strategy of enabled) recalled.set(strategy, await finders[strategy](asked, { deeds, model, recall }));
  const ranked = await rank(recalled, asked, recall);
  const isFull = ranked.filter(({ reason }) => reason !== 'seen').length >= count;
  const items = isFull ? ranked : await filled(recalled, asked, recall);
  return { items, model_id: model?.model_id, history_at: deeds[0]?.at };
}

/** For users without a history, their stated interests take the weight of the strategies that need one. */
function byInterests(config: ScenarioConfig): ScenarioConfig {
  const ofHistory = new Set<Strategy>(['similarity', 'model']);
  const enabled = config.recall.filter((one) => one.enabled);
  const freed = enabled.reduce((sum, { strategy, weight }) => sum + (ofHistory.has(strategy) ? weight : 0), 0);
  const others = enabled.filter(({ strategy }) => !ofHistory.has(strategy) && strategy !== 'tags');
  const told = enabled.find(({ strategy }) => strategy === 'tags')?.weight ?? 0;
  return { ...config, recall: [...others, { strategy: 'tags', weight: told + freed, enabled: true }] };
}

type Recalling = Map<Strategy, readonly Candidate[]>;

/** Fills up with any other items where the strategies found too few: no list is empty while there are items. */
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
  const { items, seen } = await recall.items(key, { user, ids }, filters);
  return rerank({ blended, items, seen, config, now, count });
}

interface Asked {
  readonly deeds: readonly Deed[];
  readonly model: OnlineModel | undefined;
  readonly recall: Recall;
}

type Finder = (question: ListQuestion, asked: Asked) => Promise<readonly Candidate[]>;

/** How each strategy finds its candidates. */
const finders: Readonly<Record<Strategy, Finder>> = {
  similarity: async ({ key }, { deeds, recall }) => (deeds.length > 0 ? recall.similar(key, deeds) : []),
  model: async (_question, { deeds, model }) => model?.score(deeds, modelCandidates) ?? [],
  hot: ({ key, context, filters }, { recall }) => recall.hot(key, audiencesOf(context), filters),
  new: ({ key, filters }, { recall }) => recall.newest(key, filters),
  tags: async ({ key, user, filters, context }, { deeds, recall }) => {
    const profile = user === undefined ? undefined : await recall.profile(key, user);
    const tastes = tastesOf(deeds, profile, context.interests);
    return tastes.tags.size + tastes.categories.size > 0 ? recall.tagged(key, tastes, filters) : [];
  },
};
