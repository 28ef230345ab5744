import { ConflictError, NotFoundError } from '#kit/errors.ts';
import type { RankedItem, Recommended } from '../ranking/candidate.ts';
import type { AskingContext, Filters } from '../ranking/question.ts';
import type { ScenarioConfig } from '../scenarios/scenario.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import type { AnsweredItem, ExperimentGroup, KeptAnswer } from './answer.ts';
import type { AnswerBook } from './answer-store.ts';
import { computeList, type ListPorts } from './compute-list.ts';
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
}

/** Answers who asks: from the list that was made beforehand where it is still good and long enough, else made now. */
export async function recommend(question: RecommendQuestion, ports: RecommendPorts): Promise<Recommendation> {
  const { key, user } = question;
  const now = ports.clock();
  const configured = await ports.configOf(key, user);
  if (!configured) throw new NotFoundError(`场景不存在: ${key.scenario}`);
  const { config, experiment } = configured;
  // A list made beforehand is the scenario's, not that of a variant.
  const list = (experiment ? undefined : await precomputed(question, now, ports)) ?? {
    ...(await computeList({ ...question, config, now }, ports)),
    source: 'computed' as const,
  };
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
  return { request_id, items, source: list.source, experiment };
}

// Each time that it fails somebody else got their page.
const mostTries = 20;

/** The next page of an answer: nothing that any page of it has, and what the user did since is minded. */
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
    const list = await computeList(question, ports);
    const items = withSlots(list, before.length);
    if (await ports.answers.extend(tenant, request_id, { known: before.length, items: items.map(kept) }))
      return { request_id, items, source: 'computed', experiment: configured.experiment };
  }
  throw new ConflictError(`推荐结果正在被并发读取: ${request_id}`);
}

interface List {
  readonly items: readonly Recommended[];
  readonly found: ReadonlyMap<string, RankedItem>;
}

/** What is left of the list after the filters, and after what went inactive since; too short a list is made anew. */
async function precomputed({ key, user, count, filters }: RecommendQuestion, now: Date, ports: RecommendPorts) {
  if (user === undefined) return undefined;
  const made = await ports.lists.fresh(key, user, now);
  if (!made) return undefined;
  const found = await ports.recall.items(
    key,
    made.items.map(({ item_id }) => item_id),
    filters,
  );
  const items = made.items.filter(({ item_id }) => found.has(item_id)).slice(0, count);
  return items.length < count ? undefined : { items, found, model_id: made.model_id, source: 'precomputed' as const };
}

function withSlots({ items, found }: List, before: number) {
  return items.map((item, place) => ({
    ...item,
    slot: before + place + 1,
    metadata: found.get(item.item_id)?.metadata ?? {},
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
