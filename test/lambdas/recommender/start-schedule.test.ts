import { expect, test } from 'vitest';
import { type DueScenario, startSchedule } from '../../../lambdas/recommender/schedules/start-schedule.ts';

const scheduledAt = new Date('2026-11-30T03:00:00Z');
const of = (count: number, name = 's'): DueScenario[] =>
  Array.from({ length: count }, (_, at) => ({
    tenant: 't',
    scenario: `${name}${at}`,
    marker: '{"last_behavior":"x"}',
  }));

/** What a machine is started with when these have something new; as Step Functions does, it takes 256 KiB and a name once. */
async function startedWith(due: readonly DueScenario[], runs = new Map<string, readonly DueScenario[]>()) {
  const answered = await startSchedule(
    { schedule: 'update-hot-items', scheduledAt },
    {
      markers: {
        newest: async () => due,
        seen: async (_schedule, { scenario }) => (scenario === 'old' ? 'm' : undefined),
      },
      machine: {
        async start(name, input) {
          expect(name).toMatch(/^[\w-]{1,80}$/);
          expect(Buffer.byteLength(JSON.stringify(input))).toBeLessThan(256 * 1024);
          if (runs.has(name)) return 'exists';
          runs.set(name, (input as { scenarios: readonly DueScenario[] }).scenarios);
          return 'started';
        },
      },
    },
  );
  return { answered, runs };
}

test('a slot is one run of the scenarios that have something new, and comes twice to nothing', async () => {
  const old = { tenant: 't', scenario: 'old', marker: 'm' };
  const { answered, runs } = await startedWith([...of(3), old]);

  expect(answered).toEqual({ state: 'started', name: 'update-hot-items-20261130T030000Z', scenarios: 3 });
  expect([...runs.values()]).toEqual([of(3)]);
  expect((await startedWith(of(3), runs)).answered.state).toBe('exists');
  expect((await startedWith([old])).answered).toMatchObject({ state: 'nothing-new', scenarios: 0 });
});

test.each([
  ['more scenarios than the history of one run has room for', of(1201)],
  ['names that together are longer than the input of one run', of(900, '景'.repeat(190))],
])('%s are several runs, each scenario in one of them', async (_what, due) => {
  const { answered, runs } = await startedWith(due);

  expect(answered).toMatchObject({ state: 'started', scenarios: due.length });
  expect(runs.size).toBeGreaterThan(2);
  expect(Math.max(...[...runs.values()].map(({ length }) => length))).toBeLessThanOrEqual(500);
  expect([...runs.values()].flat()).toEqual(due);
});
