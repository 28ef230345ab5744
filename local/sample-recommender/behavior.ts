import type { SampleItem, SampleTenant } from './catalogue.ts';

/** An event as `/behaviors/track/batch` takes it. */
export interface SampleEvent {
  readonly event_id: string;
  readonly scenario_id: string;
  readonly user_id: string;
  readonly action_type: string;
  readonly item_id?: string;
  readonly items?: readonly string[];
  readonly session_id: string;
  readonly timestamp: number;
  readonly context: { readonly device_type: string; readonly os: string; readonly location: string };
}

/** Each with tastes of its own. */
export const usersOfATenant = 60;
const days = 6;
const sessionsAtMost = 5;
const shownAtOnce = 8;
const hourMs = 60 * 60 * 1000;

const devices = [
  { device_type: 'mobile', os: 'android' },
  { device_type: 'mobile', os: 'ios' },
  { device_type: 'pc', os: 'windows' },
] as const;
const places = ['上海', '北京', '成都', '广州'];

/**
 * Behaviour with structure: every user has a taste of two categories, comes in sessions in the evening, is shown eight
 * items and clicks on those of their taste far more often than on others. On the weekend the first category is in season.
 * All of it is of the last six days: what is older than seven comes late.
 */
export function sampleEvents(
  tenant: SampleTenant,
  items: readonly SampleItem[],
  { now, random }: { readonly now: Date; readonly random: () => number },
): SampleEvent[] {
  const categories = Object.keys(tenant.categories);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const events: SampleEvent[] = [];
  for (let user = 1; user <= usersOfATenant; user += 1) {
    const taste = new Set([categories[user % categories.length], categories[(user * 5 + 1) % categories.length]]);
    const context = { ...pick(devices), location: pick(places) };
    const sessions = 1 + Math.floor(random() * sessionsAtMost);
    for (let session = 1; session <= sessions; session += 1) {
      const begun = eveningOf(now, 1 + Math.floor(random() * days), random);
      const base = {
        scenario_id: tenant.scenario,
        user_id: `user-${user}`,
        session_id: `${user}-${session}`,
        context,
      };
      events.push(...sessionOf({ tenant, items, taste, begun, random, pick }, base));
    }
  }
  // Every event has a name of its own, which is the same at the next start: sent again, it counts once.
  return events.map((event, at) => ({ ...event, event_id: `${tenant.tenant}-${at + 1}` }));
}

interface Session {
  readonly tenant: SampleTenant;
  readonly items: readonly SampleItem[];
  readonly taste: ReadonlySet<string | undefined>;
  readonly begun: number;
  readonly random: () => number;
  readonly pick: <T>(from: readonly T[]) => T;
}

function sessionOf(
  { tenant, items, taste, begun, random, pick }: Session,
  base: Omit<SampleEvent, 'event_id' | 'action_type' | 'timestamp'>,
): SampleEvent[] {
  const shown = Array.from({ length: shownAtOnce }, () => pick(items));
  const event = (action_type: string, after: number) => ({
    ...base,
    event_id: '',
    action_type,
    timestamp: begun + after,
  });
  const events: SampleEvent[] = [
    { ...event('impression', 0), items: [...new Set(shown.map(({ item_id }) => item_id))] },
  ];
  const isWeekend = [0, 6].includes(new Date(begun).getUTCDay());
  const inSeason = Object.keys(tenant.categories)[0];
  for (const [place, { item_id, metadata }] of shown.entries()) {
    const liked = taste.has(metadata.category) ? 0.75 : isWeekend && metadata.category === inSeason ? 0.4 : 0.04;
    if (random() > liked) continue;
    const after = (place + 1) * 20_000;
    events.push({ ...event('click', after), item_id });
    for (const [action, ofHundred] of Object.entries(tenant.follows))
      if (random() * 100 < ofHundred) events.push({ ...event(action, after + 10_000), item_id });
  }
  return events;
}

/** Some minute between 19 and 23 o'clock (Asia/Shanghai) so many days ago, and never after now. */
function eveningOf(now: Date, daysAgo: number, random: () => number): number {
  const day = new Date(now.getTime() - daysAgo * 24 * hourMs);
  const seven = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), 11);
  return Math.min(seven + Math.floor(random() * 4 * hourMs), now.getTime() - hourMs);
}
