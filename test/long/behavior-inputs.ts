/** Events and items that are produced, with what must become of each. */

const dayMs = 24 * 60 * 60 * 1000;
const tenants = ['shop', 'news'] as const;
const actions = ['impression', 'click', 'view', 'purchase', 'like'] as const;
const users = 300;
/** Items of each tenant that events are about. */
const knownItems = 500;

export interface Produced {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
}

/** A row that an event has to become, as `day tenant user item action event part`. */
export interface BehaviorInputs {
  readonly records: readonly Produced[];
  readonly stored: ReadonlySet<string>;
  readonly late: number;
  readonly poison: number;
}

const behavior = (tenant: string, user: string, value: string): Produced => ({
  topic: 'user-behaviors',
  key: `${tenant}:${user}`,
  value,
});

/** One in 100 is poison, one in 50 comes twice, one in 70 comes ten days late, and one in ten shows three items at once. */
export function makeEvents(count: number, now: number): BehaviorInputs {
  const records: Produced[] = [];
  const stored = new Set<string>();
  let [late, poison] = [0, 0];
  for (let number = 0; number < count; number += 1) {
    const tenant = tenants[number % tenants.length] ?? tenants[0];
    const user = `用戶 ${(number * 7919) % users}`;
    if (number % 100 === 13) {
      poison += 1;
      records.push(behavior(tenant, user, poisonOf(number, tenant, user)));
      continue;
    }
    const isLate = number % 70 === 11;
    const at = now - (isLate ? 10 * dayMs : ((number * 104_729) % 6) * dayMs + (number % 86_000));
    const shown = number % 10 === 0;
    const items = [0, 1, 2].map((place) => `item-${(number * 31 + place) % knownItems}`).slice(0, shown ? 3 : 1);
    const action = shown ? 'impression' : (actions[number % actions.length] ?? 'view');
    const event = {
      event_id: `event-${number}`,
      tenant_id: tenant,
      scenario_id: 'home',
      user_id: user,
      action_type: action,
      timestamp: at,
      extra: { number },
      ...(shown ? { items } : { item_id: items[0] }),
    };
    records.push(behavior(tenant, user, JSON.stringify(event)));
    if (number % 50 === 3) records.push(behavior(tenant, user, JSON.stringify(event)));
    if (isLate) late += items.length;
    const day = new Date(at).toISOString().slice(0, 10);
    if (!isLate)
      for (const [part, item] of items.entries())
        stored.add([day, tenant, user, item, action, event.event_id, part].join('|'));
  }
  return { records, stored, late, poison };
}

const whole = (number: number, tenant: string, user: string) => ({
  extra: {},
  event_id: `bad-${number}`,
  tenant_id: tenant,
  scenario_id: 'home',
  user_id: user,
  item_id: 'i',
  action_type: 'click',
  timestamp: Date.now(),
});

function poisonOf(number: number, tenant: string, user: string): string {
  const kinds = [
    '{"event_id":',
    JSON.stringify({ event_id: `bad-${number}`, tenant_id: tenant, scenario_id: 'home', user_id: user }),
    JSON.stringify([tenant]),
    JSON.stringify({ event_id: `bad-${number}`, tenant_id: '', user_id: user, item_id: 'i', action_type: 'click' }),
    // Of no time, and deeper than any stack.
    JSON.stringify({ ...whole(number, tenant, user), timestamp: null }),
    JSON.stringify({ ...whole(number, tenant, user), extra: { deep: 'here' } }).replace(
      '"here"',
      `${'['.repeat(9000)}${']'.repeat(9000)}`,
    ),
  ];
  return kinds[Math.floor(number / 100) % kinds.length] ?? '';
}

export interface ItemInputs {
  readonly records: readonly Produced[];
  /** Item of a tenant -> the title that came last. */
  readonly titles: ReadonlyMap<string, string>;
  readonly poison: number;
}

const topics = ['items-ingest', 'vlog-items', 'news-items'] as const;

/** Twenty a message; every fifth message comes twice, one in forty is poison, one in thirty has an item without an id. */
export function makeItems(count: number): ItemInputs {
  const records: Produced[] = [];
  const titles = new Map<string, string>();
  let poison = 0;
  for (let message = 0; message * 20 < count; message += 1) {
    const tenant = tenants[message % tenants.length] ?? tenants[0];
    const topic = topics[message % topics.length] ?? topics[0];
    const items = Array.from({ length: 20 }, (_, place) => {
      const item_id = `item-${message * 20 + place}`;
      titles.set(`${tenant}|${item_id}`, `第 ${message} 篇 ${place}`);
      return { item_id, metadata: { title: `第 ${message} 篇 ${place}`, category: `c${place % 5}` } };
    });
    const holed = message % 30 === 4;
    if (holed) poison += 1;
    const value = JSON.stringify({
      tenant_id: tenant,
      scenario_id: 'home',
      items: holed ? [...items, { metadata: { title: 'nobody' } }] : items,
    });
    records.push({ topic, key: tenant, value });
    // The same content once more: a replay changes nothing. One with a hole would be told of twice.
    if (message % 5 === 0 && !holed) records.push({ topic, key: tenant, value });
    if (message % 40 === 9) {
      poison += 1;
      records.push({ topic, key: tenant, value: JSON.stringify({ tenant_id: tenant, items: [] }) });
    }
  }
  return { records, titles, poison };
}
