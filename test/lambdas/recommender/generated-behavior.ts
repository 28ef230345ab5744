import type { behaviorColumns } from '../../../lambdas/recommender/files/columns.ts';

/** A behaviour as a row of the database and of the files. */
export type Behavior = { [K in (typeof behaviorColumns)[number]['name']]: string | number | null } & {
  tenant_id: string;
  scenario_id: string;
  user_id: string;
  item_id: string;
  action: string;
  /** Milliseconds since 1970. */
  at: number;
  day: string;
  received_at: number;
};

const hourMs = 60 * 60 * 1000;
const actions = [
  'impression',
  'impression',
  'impression',
  'impression',
  'click',
  'view',
  'like',
  'add_cart',
  'order',
  'share',
  'waved',
];
const strategies = ['similar', 'hot', 'model', null];
const models = ['7c0b4f4e-0000-4000-8000-000000000001', '7c0b4f4e-0000-4000-8000-000000000002', null];
const groups = ['control', 'treatment', null];

/** Behaviour by chance, the same for the same seed: two tenants with the same users and items, some actions unknown. */
export function generated(
  count: number,
  { random, firstDay, days }: { random: () => number; firstDay: string; days: number },
): Behavior[] {
  const start = Date.parse(firstDay);
  const pick = <V>(from: readonly V[]) => from[Math.floor(random() * from.length)] as V;
  return Array.from({ length: count }, (_, number): Behavior => {
    const at = start + Math.floor(random() * days * 24) * hourMs;
    const request = random() < 0.7 ? Math.floor(random() * 500) : null;
    const group = pick(groups);
    return {
      tenant_id: pick(['shop', "o'neill:tw"]),
      scenario_id: pick(['feed', 'home']),
      user_id: `u${Math.floor(random() * 200)}`,
      item_id: `i${Math.floor(random() * 60)}`,
      action: pick(actions),
      at,
      day: new Date(at).toISOString().slice(0, 10),
      event_id: `e${number}`,
      part: 0,
      request_id: request === null ? null : `00000000-0000-4000-8000-${String(request).padStart(12, '0')}`,
      strategy: pick(strategies),
      slot: request === null ? null : Math.floor(random() * 20),
      model_id: pick(models),
      experiment_id: group === null ? null : 'exp_001',
      experiment_group: group,
      session_id: null,
      device: 'mobile',
      os: null,
      location: null,
      extra: null,
      duration: null,
      completion_rate: null,
      received_at: at,
    };
  });
}

/** A generator with a seed (mulberry32), so that no run differs from another. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
