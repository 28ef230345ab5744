import type { ScenarioConfig } from '../scenarios/scenario.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import { computeList, type ListPorts } from './compute-list.ts';
import type { ListBook, MadeList } from './list-store.ts';

export interface PrecomputePorts extends ListPorts {
  /** `undefined`: the tenant has no such scenario any more. */
  readonly configOf: (key: ScenarioKey) => Promise<ScenarioConfig | undefined>;
  readonly lists: Pick<ListBook, 'active' | 'keep'>;
  readonly clock: () => Date;
}

// As many as an answer may have.
const itemsOfAList = 100;
const activeDays = 7;
const usersAtOnce = 200;
const hourMs = 60 * 60 * 1000;

const noFilters = { exclude_items: [], tags: [] };
const noContext = { interests: [] };

/** Makes the lists of all users who were active within a week, page by page: a failure loses one page. */
export async function precompute(key: ScenarioKey, ports: PrecomputePorts): Promise<{ readonly lists: number }> {
  const config = await ports.configOf(key);
  if (!config) return { lists: 0 };
  const begun = ports.clock();
  const since = new Date(begun.getTime() - activeDays * 24 * hourMs);
  let lists = 0;
  let after = '';
  for (;;) {
    const users = await ports.lists.active(key, { since, after, count: usersAtOnce });
    const made = ports.clock();
    const page: MadeList[] = [];
    for (const user of users) {
      const question = { key, user, config, now: made, count: itemsOfAList, filters: noFilters, context: noContext };
      const { items, model_id, history_at } = await computeList(question, ports);
      page.push({ user, items, model_id, history_at });
    }
    const expires = new Date(made.getTime() + config.retention.recommendations_hours * hourMs);
    if (page.length > 0) lists += await ports.lists.keep(key, page, { made, expires });
    after = users.at(-1) ?? '';
    if (users.length < usersAtOnce) return { lists };
  }
}
