import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { execution, stepsOver } from './rounds.ts';

/** Statistics that lag behind a load: known by the load itself, until they are computed. */

let database: TestDatabase<PresaleTables>;
let steps: ReturnType<typeof stepsOver>;

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
  steps = stepsOver(database);
});

afterAll(() => database?.stop());

beforeEach(() => steps.forgetAll());

test('statistics that fail undo no load, stay known as behind, and are made good by the next refresh of any run', async () => {
  const plan = execution(1, ['F'], true);
  await steps.runs.begin(plan);
  const outcome = await steps.load(plan, 'F');
  const broken = () => Promise.reject(new Error('out of disk'));
  const failing = steps.refresh({ ...steps.refreshPorts(), refreshNewProjects: broken });
  await expect(failing).rejects.toThrow('out of disk');

  const checked = await steps.check(plan, [outcome], 1, 'out of disk');
  expect(checked).toMatchObject({ state: 'incomplete', pending: [], reason: expect.stringContaining('out of disk') });
  await steps.giveUp(plan, checked.reason);
  expect(await steps.told()).toMatchObject({
    state: 'partial',
    reason: expect.stringContaining('not refreshed: out of disk'),
  });
  expect(await database.app.query.selectFrom('presale.deals').selectAll().execute()).toHaveLength(1);

  expect(await steps.refresh()).toMatchObject({ groups: 1 });
  expect(await steps.statisticsOf()).toEqual(['新北市']);
  expect(await steps.refresh()).toEqual({
    groups: 0,
    new_project_groups: 0,
  });
});

test('a county that is loaded while its statistics are computed stays behind', async () => {
  const plan = execution(1, ['F'], true);
  await steps.runs.begin(plan);
  await steps.load(plan, 'F');
  const ports = steps.refreshPorts();
  const meanwhile = async (...args: Parameters<typeof ports.refresh>) => {
    const groups = await ports.refresh(...args);
    await steps.load(plan, 'F');
    return groups;
  };
  await steps.refresh({ ...ports, refresh: meanwhile });

  expect((await ports.stale.read()).map(({ letter }) => letter)).toEqual(['F']);
});
