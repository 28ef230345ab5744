import { route } from '#kit/api/route.ts';
import { ConflictError } from '#kit/errors.ts';
import { platformNamed } from '../platforms/index.ts';
import type { PlatformName } from '../platforms/names.ts';
import { platformList, platformState } from './answers.ts';
import { pause, platformPath } from './parameters.ts';
import type { BriefsApiPorts } from './ports.ts';
import { moment } from './shown.ts';

/** GET /briefs/platforms */
export const listPlatforms = route({
  summary: 'How each platform stands: state, last success, errors, calls and cost of today.',
  permission: 'operate',
  answers: { 200: platformList },
  handle: async (_request, { briefs }: BriefsApiPorts) => {
    const standing = (await briefs.platforms()).map((one) => ({ ...one, code: platformNamed(one.name).code }));
    return {
      status: 200,
      body: standing
        .toSorted((one, other) => one.code - other.code)
        .map((one) => ({
          code: one.code,
          name: one.name,
          title: one.title,
          driver: one.driver,
          state: one.state,
          reason: one.reason,
          down_since: moment(one.down_since),
          until: moment(one.until),
          last_success_at: moment(one.last_success_at),
          last_failure_at: moment(one.last_failure_at),
          last_failure: one.last_failure,
          error_share: one.error_share,
          calls_today: one.calls_today,
          cost_today_usd: one.cost_today_usd,
          budget_per_day_usd: one.budget_per_day_usd,
          waiting: one.waiting,
          under_way: one.under_way,
        })),
    };
  },
});

const refusals = {
  'no-probe': 'Its driver has no call that would only show whether the platform lets us in.',
  off: 'It is off in this environment.',
  paused: 'It is paused: resume it first.',
} as const;

/** POST /briefs/platforms/{name}/probe */
export const probePlatform = route({
  summary: 'Ask a platform with one cheap call whether it lets us in.',
  permission: 'operate',
  path: platformPath,
  answers: { 202: platformState },
  handle: async ({ path: { name } }, { briefs }: BriefsApiPorts) => {
    const outcome = await briefs.probe(name);
    if (outcome !== 'asked') throw new ConflictError(refusals[outcome]);
    return { status: 202, body: await stateOf(name, briefs) };
  },
});

/** POST /briefs/platforms/{name}/pause */
export const pausePlatform = route({
  summary: 'Make no call to a platform until it is resumed.',
  permission: 'operate',
  path: platformPath,
  body: pause,
  bodyOrQuery: true,
  answers: { 200: platformState },
  handle: async ({ path: { name }, body, caller }, { briefs }: BriefsApiPorts) => {
    await briefs.pause(name, body.reason === undefined ? `by ${caller.name}` : `by ${caller.name}: ${body.reason}`);
    return { status: 200, body: await stateOf(name, briefs) };
  },
});

/** POST /briefs/platforms/{name}/resume */
export const resumePlatform = route({
  summary: 'Make calls to a platform again, also where it had stopped them.',
  permission: 'operate',
  path: platformPath,
  answers: { 200: platformState },
  handle: async ({ path: { name } }, { briefs }: BriefsApiPorts) => {
    await briefs.resume(name);
    return { status: 200, body: await stateOf(name, briefs) };
  },
});

async function stateOf(name: PlatformName, briefs: BriefsApiPorts['briefs']) {
  const standing = await briefs.platforms();
  return { name, state: standing.find((one) => one.name === name)?.state ?? 'off' };
}
