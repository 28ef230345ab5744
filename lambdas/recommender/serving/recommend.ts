import { ConflictError, NotFoundError } from '#kit/errors.ts';
import { asError, count as countMetric, logger } from '#kit/telemetry.ts';
import type { Recommended } from '../ranking/candidate.ts';
import type { AskingContext, Filters } from '../ranking/question.ts';
import { UnreadableModelError } from '../registry/online-model.ts';
import type { ScenarioConfig, Strategy } from '../scenarios/scenario.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import type { AnsweredItem, ExperimentGroup, KeptAnswer } from './answer.ts';
import type { AnswerBook } from './answer-store.ts';
import { computeList, type ListPorts, type ListQuestion } from './compute-list.ts';
import type { ListBook } from './list-store.ts';

export interface RecommendPorts extends ListPorts {
  /** How a scenario recommends to a user, by the experiment that runs in it. `undefined`: the tenant has no such scenario. */
  readonly configOf: (key: ScenarioKey, user: string | undefined) => Promise<Configured | undefined>;
  readonly lists: Pick<ListBook, 'fresh'>;
  readonly answers: AnswerBook;
  readonly clock: () => Date;
  readonly newId: () => string;
}

export interface Configured {
  readonly config: ScenarioConfig;
  readonly experiment: ExperimentGroup | undefined;
}

export interface RecommendQuestion {
  readonly key: ScenarioKey;
  readonly user: string | undefined;
  readonly count: number;
  readonly filters: Filters;
  readonly context: AskingContext;
}

/** What was answered, and how it came to it. */
export interface Recommendation {
  readonly request_id: string;
  readonly items: readonly (Recommended & { readonly slot: number; readonly metadata: unknown })[];
  /** Made by the schedule, or at this moment. */
  readonly source: 'precomputed' | 'computed';
  readonly experiment: ExperimentGroup | undefined;
  /** A strategy that could not be asked, and the one that took its place. */
  readonly fallback: Fallback | undefined;
}

export interface Fallback {
  readonly from: Strategy;
  readonly to: Strategy;
}

/** Answers from the precomputed list where it is still fresh and long enough, else from one made now. */
export async function recommend(question: RecommendQuestion, ports: RecommendPorts): Promise<Recommendation> {
  const { key, user } = question;
  const now = ports.clock();
  const configured = await ports.configOf(key, user);
  if (!configured) throw new NotFoundError(`场景不存在: ${key.scenario}`);
  const { config, experiment } = configured;
  // A list made beforehand is the scenario's, not that of a variant.
  const list =
    (experiment ? undefined : await precomputed(question, now, ports)) ??
    (await computed({ ...question, config, now }, ports));
  const request_id = ports.newId();
  const items = withSlots(list, 0);
  const context = askedContext(question);
  const { model_id } = list;
  await ports.answers.keep({
    key,
    user,
    request_id,
    asked_at: now,
    model_id,
    experiment,
    items: items.map(kept),
    context,
  });
  return { request_id, items, source: list.source, experiment, fallback: list.fallback };
}

// Each failure means that another caller got their page.
const mostTries = 20;

/** The next page of an answer: without anything of the pages before, and by what the user did since. */
export async function recommendNext(
  asked: { readonly tenant: string; readonly request_id: string; readonly count: number },
  ports: RecommendPorts,
): Promise<Recommendation> {
  const { tenant, request_id, count } = asked;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const answer = await ports.answers.find(tenant, request_id);
    if (!answer) throw new NotFoundError(`推荐结果不存在: ${request_id}`);
    const key = { tenant, scenario: answer.scenario_id };
    const user = answer.user_id || undefined;
    const configured = await ports.configOf(key, user);
    if (!configured) throw new NotFoundError(`场景不存在: ${key.scenario}`);
    const { filters, asked: context } = answer.context;
    const before = answer.items.map(({ item_id }) => item_id);
    const question = {
      key,
      user,
      count,
      filters: { ...filtersOf(filters), exclude_items: [...filters.exclude_items, ...before] },
      context,
      config: configured.config,
      now: ports.clock(),
    };
    const list = await computed(question, ports);
    const items = withSlots(list, before.length);
    if (await ports.answers.extend(tenant, request_id, { known: before.length, items: items.map(kept) }))
      return { request_id, items, source: 'computed', experiment: configured.experiment, fallback: list.fallback };
  }
  throw new ConflictError(`推荐结果正在被并发读取: ${request_id}`);
}

interface List {
  readonly items: readonly Recommended[];
  readonly metadata: ReadonlyMap<string, unknown>;
}

const idsOf = (items: readonly Recommended[]) => items.map(({ item_id }) => item_id);

/** Made now; what is shown is read of those alone that are. A model that can't be read leaves its place to popular items. */
async function computed(question: ListQuestion, ports: ListPorts) {
  try {
    return await made(question, ports);
  } catch (error) {
    if (!(error instanceof UnreadableModelError)) throw error;
    logger().error('A model can’t be read', asError(error));
    countMetric('ModelUnreadable');
    const fallback: Fallback = { from: 'model', to: 'hot' };
    return { ...(await made({ ...question, config: withHotForModel(question.config) }, ports)), fallback };
  }
}

async function made(question: ListQuestion, ports: ListPorts) {
  const { items, model_id } = await computeList(question, ports);
  const metadata = await ports.recall.metadata(question.key, idsOf(items), question.filters);
  return { items, metadata, model_id, source: 'computed' as const, fallback: undefined };
}

function withHotForModel(config: ScenarioConfig): ScenarioConfig {
  const taken = config.recall.filter(
    ({ strategy, enabled }) => enabled && (strategy === 'model' || strategy === 'hot'),
  );
  const weight = taken.reduce((sum, one) => sum + one.weight, 0);
  const others = config.recall.filter(({ strategy }) => strategy !== 'model' && strategy !== 'hot');
  return { ...config, recall: [...others, { strategy: 'hot', weight, enabled: true }] };
}

/**
 * What is left of the list after the filters, and after what went inactive since: of the first ones, or of all where those
 * are too few. Too short a list is made anew.
 */
async function precomputed({ key, user, count, filters }: RecommendQuestion, now: Date, ports: RecommendPorts) {
  if (user === undefined) return undefined;
  const list = await ports.lists.fresh(key, user, now);
  if (!list) return undefined;
  const { model_id } = list;
  for (const looked of [list.items.slice(0, 2 * count), list.items]) {
    const metadata = await ports.recall.metadata(key, idsOf(looked), filters);
    const items = looked.filter(({ item_id }) => metadata.has(item_id)).slice(0, count);
    if (items.length === count)
      return { items, metadata, model_id, source: 'precomputed' as const, fallback: undefined };
  }
  return undefined;
}

function withSlots({ items, metadata }: List, before: number) {
  return items.map((item, place) => ({
    ...item,
    slot: before + place + 1,
    metadata: metadata.get(item.item_id) ?? {},
  }));
}

function kept({ item_id, score, strategy, slot, reason }: AnsweredItem): AnsweredItem {
  return { item_id, score, strategy, slot, reason };
}

function askedContext({ filters, context }: RecommendQuestion): KeptAnswer['context'] {
  const { published_after, ...others } = filters;
  return { filters: { ...others, published_after: published_after?.toISOString() }, asked: context };
}

function filtersOf({ published_after, ...others }: KeptAnswer['context']['filters']): Filters {
  return { ...others, published_after: published_after === undefined ? undefined : new Date(published_after) };
}
