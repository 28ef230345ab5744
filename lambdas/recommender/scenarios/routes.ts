import * as z from 'zod';
import { numberedPage } from '#kit/api/paging.ts';
import { choiceParameter, integerParameter } from '#kit/api/parameters.ts';
import { isGiven } from '#kit/api/permission.ts';
import { route } from '#kit/api/route.ts';
import { NotFoundError, PermanentError } from '#kit/errors.ts';
import { isStorable } from '#kit/text/storable.ts';
import { pageOf } from '../api/envelope.ts';
import type { scenarioRoutes } from '../api/rooms.ts';
import { tenantOf } from '../api/tenancy.ts';
import { scenarioId } from '../identifiers.ts';
import { type ScenarioConfig, scenarioConfig, scenarioTypes } from './scenario.ts';
import type { ScenarioBook } from './scenario-store.ts';
import { templateOf } from './templates.ts';
import { validateConfig } from './validate.ts';

/** What the routes of scenarios need. */
export interface ScenarioPorts {
  readonly scenarios: ScenarioBook;
}

const name = z.string().trim().min(1).max(200).refine(isStorable, 'has a character that can’t be stored');
const state = z.enum(['active', 'inactive']);
const type = z.enum(scenarioTypes);

/** What a caller says of a configuration: the template says the rest. */
const partialConfig = z
  .strictObject({
    recall: scenarioConfig.shape.recall,
    rank: z.strictObject({ objective: scenarioConfig.shape.rank.unwrap().shape.objective.unwrap() }),
    rerank: z.record(z.string(), z.unknown()),
    similarity: scenarioConfig.shape.similarity,
    retention: z.record(z.string(), z.unknown()),
  })
  .partial()
  .meta({ id: 'ScenarioConfigChange' });

const newScenario = z
  .object({ scenario_id: scenarioId, name, type, config: partialConfig.optional() })
  .meta({ id: 'NewScenario' });
const changedScenario = z
  .object({ name: name.optional(), type: type.optional(), config: partialConfig.optional(), state: state.optional() })
  .meta({ id: 'ScenarioChange' });

const shownScenario = z
  .object({
    scenario_id: z.string(),
    name: z.string(),
    type,
    config: scenarioConfig,
    state,
    created_at: z.date(),
    updated_at: z.date(),
  })
  .meta({ id: 'Scenario' });
const verdict = z
  .object({ valid: z.boolean(), errors: z.array(z.string()), warnings: z.array(z.string()) })
  .meta({ id: 'ScenarioVerdict' });

const path = z.object({ scenario_id: scenarioId });
const pages = {
  page: integerParameter({ min: 1, max: 1_000_000 }).default(1),
  page_size: integerParameter({ min: 1, max: 100 }).default(20),
};

const addScenario = route({
  summary: 'Makes a scenario of a type’s template',
  permission: 'operate',
  body: newScenario,
  answers: { 200: shownScenario },
  handle: async ({ body, caller, event }, { scenarios }: ScenarioPorts) => {
    const key = { tenant: tenantOf({ caller, event }), scenario: body.scenario_id };
    const config = merged(templateOf(body.type), body.config);
    const made = await scenarios.add(key, {
      name: body.name,
      type: body.type,
      config: valid(config),
      author: caller.name,
    });
    if (!made) throw new PermanentError(`场景ID已存在: ${body.scenario_id}`);
    return { status: 200, body: made };
  },
});

// More than a person chooses among.
const mostTenants = 1000;

const listTenants = route({
  summary: 'Lists the tenants that the caller may work with',
  permission: 'read',
  description: 'For an admin without a list those that have a scenario: they may name any.',
  answers: { 200: z.object({ tenants: z.array(z.string()) }) },
  handle: async ({ caller }, { scenarios }: ScenarioPorts) => {
    const { tenants: own = [] } = caller;
    const isAny = own.length === 0 && isGiven(caller, 'admin');
    return { status: 200, body: { tenants: isAny ? await scenarios.tenants(mostTenants) : own } };
  },
});

const listScenarios = route({
  summary: 'Lists scenarios, the newest first',
  permission: 'read',
  query: z.object({ ...pages, type: choiceParameter(scenarioTypes).optional() }),
  answers: { 200: pageOf(shownScenario) },
  handle: async ({ query, caller, event }, { scenarios }: ScenarioPorts) => {
    const { page, page_size, type: of } = query;
    const { data, total } = await scenarios.list(tenantOf({ caller, event }), of, numberedPage(page, page_size));
    return { status: 200, body: { total, page, page_size, items: data } };
  },
});

const showScenario = route({
  summary: 'Shows a scenario',
  permission: 'read',
  path,
  answers: { 200: shownScenario },
  handle: async (asked, { scenarios }: ScenarioPorts) => ({ status: 200, body: await known(scenarios, keyOf(asked)) }),
});

const changeScenario = route({
  summary: 'Changes a scenario: what is not said stays',
  permission: 'operate',
  path,
  body: changedScenario,
  answers: { 200: shownScenario },
  handle: async (asked, { scenarios }: ScenarioPorts) => {
    const { config: change, ...body } = asked.body;
    const key = keyOf(asked);
    const now = await known(scenarios, key);
    // Another type begins with that type's template.
    const from = body.type && body.type !== now.type ? templateOf(body.type) : now.config;
    const config = change || body.type ? valid(merged(from, change)) : undefined;
    const changed = await scenarios.change(key, { ...body, ...(config ? { config } : {}) });
    if (!changed) throw noScenario(key.scenario);
    return { status: 200, body: changed };
  },
});

const removeScenario = route({
  summary: 'Removes a scenario; its items and behaviour stay',
  permission: 'operate',
  path,
  answers: { 200: z.object({ scenario_id: z.string() }) },
  handle: async (asked, { scenarios }: ScenarioPorts) => {
    const key = keyOf(asked);
    if (!(await scenarios.remove(key))) throw noScenario(key.scenario);
    return { status: 200, body: { scenario_id: key.scenario } };
  },
});

const validateScenario = route({
  summary: 'Tells what is wrong with a configuration: the one given, else the scenario’s own',
  permission: 'read',
  path,
  body: z.object({ config: partialConfig.optional() }).default({}),
  answers: { 200: verdict },
  handle: async (asked, { scenarios }: ScenarioPorts) => {
    const { config } = await known(scenarios, keyOf(asked));
    return { status: 200, body: verdictOf(merged(config, asked.body.config)) };
  },
});

/** Parts of a configuration are replaced as wholes where they are lists, and member by member where they have names. */
function merged(config: ScenarioConfig, change: z.output<typeof partialConfig> = {}): unknown {
  return {
    recall: change.recall ?? config.recall,
    rank: { ...config.rank, ...change.rank },
    rerank: { ...config.rerank, ...change.rerank },
    similarity: change.similarity === undefined ? config.similarity : change.similarity,
    retention: { ...config.retention, ...change.retention },
  };
}

function verdictOf(config: unknown) {
  const read = scenarioConfig.safeParse(config);
  if (read.success) return validateConfig(read.data);
  const errors = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return { valid: false, errors, warnings: [] };
}

function valid(config: unknown): ScenarioConfig {
  const { errors } = verdictOf(config);
  if (errors.length > 0) throw new PermanentError(errors.join('；'));
  return scenarioConfig.parse(config);
}

function keyOf({
  path: { scenario_id },
  ...asked
}: Parameters<typeof tenantOf>[0] & { readonly path: z.output<typeof path> }) {
  return { tenant: tenantOf(asked), scenario: scenario_id };
}

async function known(scenarios: ScenarioBook, key: ReturnType<typeof keyOf>) {
  const found = await scenarios.find(key);
  if (!found) throw noScenario(key.scenario);
  return found;
}

function noScenario(scenario: string): NotFoundError {
  return new NotFoundError(`场景不存在: ${scenario}`);
}

/** Scenarios of a tenant. */
export const scenariosApi = {
  'GET /api/v1/tenants': listTenants,
  'POST /api/v1/scenarios': addScenario,
  'GET /api/v1/scenarios': listScenarios,
  'GET /api/v1/scenarios/{scenario_id}': showScenario,
  'PUT /api/v1/scenarios/{scenario_id}': changeScenario,
  'DELETE /api/v1/scenarios/{scenario_id}': removeScenario,
  'POST /api/v1/scenarios/{scenario_id}/validate': validateScenario,
} satisfies Record<(typeof scenarioRoutes)[number], unknown>;
