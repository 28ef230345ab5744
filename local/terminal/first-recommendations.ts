import { setTimeout as sleep } from 'node:timers/promises';
import { topicReader } from 'one-machine/services/topic-reader.ts';
import { trigger } from '../console/trigger-target.ts';
import { answerOf, ask, asking } from '../sample-recommender/ask.ts';
import { sampleEvents } from '../sample-recommender/behavior.ts';
import { itemsOfATenant, type SampleTenant, sampleItems, sampleTenants } from '../sample-recommender/catalogue.ts';
import { runExperiment, sampleExperiment } from '../sample-recommender/experiment.ts';
import { seeded } from '../sample-recommender/random.ts';
import type { Stack } from '../stack.ts';

// Computed one after the other: lists are made of earlier results.
const schedules = [
  'compute-item-similarity',
  'update-user-profiles',
  'update-hot-items',
  'precompute-recommendations',
] as const;
const pollMs = 500;
const eventsAtOnce = 100;
const itemsAtOnce = 50;

interface Recommended {
  readonly items: readonly {
    readonly item_id: string;
    readonly reason: string;
    readonly metadata: { title: string };
  }[];
}

/**
 * Fills two made-up tenants by the ways that real ones use (Kafka, and the API), computes what schedules would, runs an experiment, and shows
 * what a user is recommended. Done once: at the next start it is all there.
 */
export async function showRecommendations(stack: Stack, signal: AbortSignal): Promise<void> {
  const { kafka } = stack.services;
  if (!stack.wiring.api || !kafka || signal.aborted) return;
  const now = new Date();
  const before = performance.now();
  const fresh: SampleTenant[] = [];
  for (const tenant of sampleTenants) if (await isNew(stack, tenant)) fresh.push(tenant);
  const clicks = new Map<SampleTenant, number>();
  const reader = topicReader(kafka.brokers);
  try {
    for (const tenant of fresh) clicks.set(tenant, await fill(stack, tenant, { now, produce: reader.produce }));
  } finally {
    await reader.close();
  }
  for (const [tenant, wanted] of clicks) await whileMissing(stack, tenant, { clicks: wanted, signal });
  if (fresh.length > 0) for (const schedule of schedules) await computed(stack, schedule, signal);
  for (const tenant of fresh) if (!signal.aborted) await runExperiment(stack, tenant);
  if (signal.aborted) return;
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  if (fresh.length > 0)
    stack.log.say(`Recommender    ${fresh.length} sample tenants, filled and computed (${seconds} s)`);
  for (const tenant of sampleTenants) await show(stack, tenant);
}

async function show(stack: Stack, { tenant, scenario, name }: SampleTenant): Promise<void> {
  const { items } = await ask<Recommended>(stack, tenant, {
    route: '/recommend',
    body: { scenario_id: scenario, count: 3 },
  });
  const told = items.map(({ metadata, reason }) => `${metadata.title} (${reason})`).join(', ');
  stack.log.say(`${name} for ${asking}: ${told}`);
  const question = `-H "authorization: Bearer $TOKEN" -H 'x-tenant-id: ${tenant}'`;
  stack.log.show(
    `An experiment  curl ${question} ${stack.wiring.api?.url}/api/v1/experiments/${sampleExperiment}/results`,
  );
  stack.log.show(
    `Try it         curl ${question} -H 'x-user-id: ${asking}' -H 'content-type: application/json' ${stack.wiring.api?.url}/api/v1/recommend -d '{"scenario_id":"${scenario}","debug":true}'`,
  );
}

/** Makes its scenario; one that is there already was filled before. */
async function isNew(stack: Stack, { tenant, scenario, name, type }: SampleTenant): Promise<boolean> {
  const { total } = await ask<{ total: number }>(stack, tenant, { route: '/scenarios' });
  if (total > 0) return false;
  await ask(stack, tenant, { route: '/scenarios', body: { scenario_id: scenario, name, type } });
  return true;
}

interface Filling {
  readonly now: Date;
  readonly produce: ReturnType<typeof topicReader>['produce'];
}

/** Resolves to the number of clicks in it. */
async function fill(stack: Stack, tenant: SampleTenant, { now, produce }: Filling): Promise<number> {
  const random = seeded(sampleTenants.indexOf(tenant) + 1);
  const items = sampleItems(tenant, now, random);
  for (let from = 0; from < items.length; from += itemsAtOnce) {
    const message = {
      tenant_id: tenant.tenant,
      scenario_id: tenant.scenario,
      items: items.slice(from, from + itemsAtOnce),
    };
    await produce('items-ingest', { key: tenant.tenant, value: JSON.stringify(message), headers: {} });
  }
  const events = sampleEvents(tenant, items, { now, random });
  for (let from = 0; from < events.length; from += eventsAtOnce)
    await ask(stack, tenant.tenant, {
      route: '/behaviors/track/batch',
      body: { events: events.slice(from, from + eventsAtOnce) },
    });
  return events.filter(({ action_type }) => action_type === 'click').length;
}

interface Sent {
  readonly clicks: number;
  readonly signal: AbortSignal;
}

/** Until the newest item is there and all behaviour is: both take the way through Kafka. */
async function whileMissing(stack: Stack, { tenant, scenario }: SampleTenant, { clicks, signal }: Sent): Promise<void> {
  while (!signal.aborted) {
    const last = await answerOf(stack, tenant, { route: `/items/${scenario}/item-${itemsOfATenant}` });
    const { rows } = await ask<Counted>(stack, tenant, { route: `/metrics?scenario_id=${scenario}` });
    if (last.ok && (rows[0]?.clicks ?? 0) >= clicks) return;
    await sleep(pollMs);
  }
}

interface Counted {
  readonly rows: readonly { readonly clicks: number }[];
}

type StartOutcome =
  | { readonly ok: true; readonly payload: { readonly state: string; readonly name: string } }
  | { readonly ok: false; readonly error: { readonly errorMessage: string } };

/** Starts a schedule and waits for its run to end. One that finds nothing new starts none. */
async function computed(stack: Stack, schedule: string, signal: AbortSignal): Promise<void> {
  const { result } = (await trigger(stack, schedule, undefined)) as { readonly result: unknown };
  const outcome = result as StartOutcome;
  if (!outcome.ok) throw new Error(`${schedule} failed: ${outcome.error.errorMessage}`);
  const { state, name } = outcome.payload;
  if (state === 'nothing-new') return;
  while (!signal.aborted) {
    const { executions } = await stack.machines.list({ limit: 1000, status: 'RUNNING' });
    if (!executions.some((execution) => execution.name === name)) return;
    await sleep(pollMs);
  }
}
