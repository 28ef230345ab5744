import type { Stack } from '../stack.ts';
import { ask } from './ask.ts';
import { usersOfATenant } from './behavior.ts';
import type { SampleTenant } from './catalogue.ts';
import { seeded } from './random.ts';

/** The experiment that every sample tenant has running. */
export const sampleExperiment = 'sample-diversity';

// Of those who are shown something; what differs between the variants is chance.
const clickShare = 0.3;
const shown = 8;
// Enough for both variants to have users, and soon done.
const usersAsking = usersOfATenant / 5;

interface Answered {
  readonly request_id: string;
  readonly items: readonly { readonly item_id: string }[];
}

/** Starts an experiment, and lets users ask, look and click: its results are there to look at. */
export async function runExperiment(stack: Stack, tenant: SampleTenant): Promise<void> {
  const { scenario } = tenant;
  const variants = [
    { name: 'as-it-is', traffic: 50 },
    { name: 'more-diverse', traffic: 50, config: { rerank: { most_of_a_category: 1 } } },
  ];
  const body = { experiment_id: sampleExperiment, scenario_id: scenario, name: '多样性', variants };
  await ask(stack, tenant.tenant, { route: '/experiments', body });
  await ask(stack, tenant.tenant, { route: `/experiments/${sampleExperiment}/start`, method: 'POST' });
  const random = seeded(7);
  for (let number = 1; number <= usersAsking; number += 1) {
    const user = `user-${number}`;
    const answer = await ask<Answered>(stack, tenant.tenant, {
      route: '/recommend',
      user,
      body: { scenario_id: scenario, count: shown },
    });
    await ask(stack, tenant.tenant, {
      route: '/behaviors/track/batch',
      body: { events: eventsOf(answer, { scenario, user, random }) },
    });
  }
}

interface Asking {
  readonly scenario: string;
  readonly user: string;
  readonly random: () => number;
}

function eventsOf({ request_id, items }: Answered, { scenario, user, random }: Asking): readonly object[] {
  const base = { scenario_id: scenario, user_id: user, request_id, timestamp: Date.now() };
  const clicked = items.filter(() => random() < clickShare);
  return [
    { ...base, event_id: `${request_id}-shown`, action_type: 'impression', items: items.map(({ item_id }) => item_id) },
    ...clicked.map(({ item_id }) => ({ ...base, event_id: `${request_id}-${item_id}`, action_type: 'click', item_id })),
  ];
}
