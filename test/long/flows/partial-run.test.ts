import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectLoaded, type Flow, startFlow } from '../../flows/flow.ts';

/** Somebody wants one county of a publication that isn't out yet; then the day comes, and its schedule. */

let flow: Flow;
let publication: string;

beforeAll(async () => {
  flow = await startFlow({ PRESALE_RETRY_SECONDS: '1', PRESALE_COUNTIES: 'W,X' });
  publication = flow.site.current() ?? '';
}, 600_000);

afterAll(() => flow?.stop());

test('the schedule loads all counties beside a run of one of them, each once', { timeout: 600_000 }, async () => {
  const letGo = flow.site.fault({ kind: 'not-out' });
  const waiting = flow.next('Wait an hour');
  const one = await flow.start({ publication_date: publication, counties: ['W'] });
  await waiting;
  const slot = new Date(`${publication}T02:00:00Z`);
  await flow.running.stack.wiring.scheduler.trigger('Presale-Schedule-Schedule', slot);
  const all = `publication-${publication}`;
  const names = async () => (await flow.running.stack.machines.list()).executions.map(({ name }) => name);
  await expect.poll(names).toContain(all);
  letGo();

  expect([one, (await flow.ended(one)).status, (await flow.ended(all)).status], flow.running.printed()).toEqual([
    `${all}-2`,
    'SUCCEEDED',
    'SUCCEEDED',
  ]);
  const { state, run_id, results } = await flow.told(publication);
  expect({ state, run_id }).toEqual({ state: 'complete', run_id: all });
  expect(results).toMatchObject([{ letter: 'W' }, { letter: 'X' }]);
  for (const letter of ['W', 'X'])
    await expectLoaded(flow, `presale/raw/${publication}/${letter}.csv`, await flow.published(letter));
  expect(await flow.rows('select state, execution, lost from platform.runs')).toMatchObject([
    { state: 'succeeded', execution: all },
  ]);
  expect(await flow.rows("select 1 from platform.failures where source_kind <> 'file'")).toEqual([]);
});
